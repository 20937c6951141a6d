/// GitHub's side, read from actions/runner and written down slowly: what a runner makes of what a step leaves.
enum WorkflowReader {
  struct Command: Hashable {
    let name: String
    let properties: [String: String]
    let data: String
  }

  /// The lines of output, as a .NET stream reader has them.
  static func lines(of output: String) -> [[Unicode.Scalar]] {
    var lines: [[Unicode.Scalar]] = [[]]
    for scalar in output.unicodeScalars {
      if scalar == "\n" || scalar == "\r" { lines.append([]) } else { lines[lines.count - 1].append(scalar) }
    }
    return lines
  }

  /// The commands in a step's output, whatever their name: another runner may know it.
  static func commands(in output: String) -> [Command] {
    lines(of: output).compactMap { modern($0) ?? old($0) }
  }

  /// `TryParseV2`: the line begins with `::` after white space, and has another `::`.
  private static func modern(_ line: [Unicode.Scalar]) -> Command? {
    let line = Array(line.drop { $0.properties.isWhitespace })
    guard line.starts(with: [":", ":"]) else { return nil }
    for end in line.indices.dropFirst(2).dropLast() where line[end] == ":" && line[end + 1] == ":" {
      return command(line[2..<end], separator: ",", data: line[(end + 2)...]) { text in
        unescaped(text, [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")])
      }
    }
    return nil
  }

  /// `TryParse`: `##[` anywhere, and a `]` behind it.
  private static func old(_ line: [Unicode.Scalar]) -> Command? {
    for start in line.indices.dropLast(2)
    where line[start] == "#" && line[start + 1] == "#" && line[start + 2] == "[" {
      guard let end = line[start...].firstIndex(of: "]") else { return nil }
      return command(line[(start + 3)..<end], separator: ";", data: line[(end + 1)...]) { $0 }
    }
    return nil
  }

  private static func command(
    _ head: ArraySlice<Unicode.Scalar>, separator: Unicode.Scalar, data: ArraySlice<Unicode.Scalar>,
    _ unescape: (String) -> String
  ) -> Command {
    let space = head.firstIndex(of: " ") ?? head.endIndex
    var properties: [String: String] = [:]
    for pair in head[space...].dropFirst().split(separator: separator) {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { properties[text(parts[0])] = unescape(text(parts[1])) }
    }
    return Command(
      name: text(head[..<space]), properties: properties,
      data: unescaped(text(data), [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]))
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    String(String.UnicodeScalarView(scalars))
  }

  private static func unescaped(_ text: String, _ table: [(String, String)]) -> String {
    table.reduce(Array(text.unicodeScalars)) { scalars, entry in
      scalars.split(separator: Array(entry.0.unicodeScalars), omittingEmptySubsequences: false)
        .map(Array.init).joined(separator: Array(entry.1.unicodeScalars)).map(\.self)
    }.reduce(into: "") { $0.unicodeScalars.append($1) }
  }

  /// What is wrong with a file of outputs.
  struct Malformed: Error { let line: String }

  /// The outputs in a file, as `FileCommandManager.cs` has them.
  static func outputs(in file: String) throws -> [String: String] {
    var outputs: [String: String] = [:]
    var lines = file.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
    guard lines.popLast() == "" else { throw Malformed(line: "no newline at the end") }
    while let line = lines.popFirst() {
      let equals = line.firstRange(of: "=")
      let heredoc = line.firstRange(of: "<<")
      if let equals, heredoc.map({ equals.lowerBound < $0.lowerBound }) ?? true {
        outputs[String(line[..<equals.lowerBound])] = String(line[equals.upperBound...])
      } else if let heredoc {
        let delimiter = String(line[heredoc.upperBound...])
        var value: [String] = []
        while lines.first.map({ $0 != delimiter }) ?? false { value.append(lines.removeFirst()) }
        guard lines.popFirst() != nil, !delimiter.isEmpty else { throw Malformed(line: line) }
        outputs[String(line[..<heredoc.lowerBound])] = value.joined(separator: "\n")
      } else {
        throw Malformed(line: line)
      }
    }
    return outputs
  }
}
