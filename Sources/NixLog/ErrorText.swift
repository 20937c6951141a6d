/// The message of a Nix error, without its trace.
///
/// Since 2.20 a trace (`… while evaluating …`, each step with lines of source) stands before the error itself, which
/// follows the last `error:`. Before, with `show-trace`, it stands behind it.
public enum ErrorText {
  /// The error that ended a command, in all that it printed: the last one.
  public static func last(in printed: String) -> String {
    let lines = printed.split(separator: "\n", omittingEmptySubsequences: false)
    // Indented lines belong to a trace.
    guard let start = lines.lastIndex(where: { $0.hasPrefix(mark) }) else { return printed }
    return withoutTrace(lines[start...].joined(separator: "\n"))
  }

  /// The error alone; a text without a trace stays as it is.
  static func withoutTrace(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let trace = lines.firstIndex(where: isOfTrace) else { return unmarked(text) }
    var told = lines[...]
    if lines[..<trace].allSatisfy({ content($0).isEmpty || content($0) == mark }) {
      // The trace comes first.
      told = lines.lastIndex { content($0).hasPrefix(mark) }.map { lines[$0...] } ?? []
    } else {
      told = lines[..<trace]
    }
    let error = unmarked(told.map { String(content($0)) }.joined(separator: "\n"))
    return error.isEmpty ? unmarked(text) : error
  }

  private static let mark = "error:"

  private static func unmarked(_ text: String) -> String {
    let text = text.hasPrefix(mark) ? text.dropFirst(mark.count) : text[...]
    let end = text.lastIndex { !$0.isWhitespace }
    return end.map { String(text[...$0].drop(while: \.isWhitespace)) } ?? ""
  }

  private static func content(_ line: Substring) -> Substring { line.drop(while: \.isWhitespace) }
  private static func isOfTrace(_ line: Substring) -> Bool { content(line).hasPrefix("… ") }
}
