/// Pieces of GitHub-flavoured Markdown that show texts by others as they are, and make nothing else of them:
/// no link, no mention, no HTML, no cell of a table, and no workflow command where they are printed in a log.
///
/// Source of the rules: "GitHub Flavored Markdown Spec". Code and preformatted text are where GitHub looks
/// for neither mentions nor references to issues.
enum Markdown {
  /// How much of one text is shown, in Unicode scalars.
  private static let longest = 1000

  /// `text` as code within a line: between more backticks than it has in a row.
  static func code(_ text: String) -> String {
    let line = Words.clipped(Words.line(text), to: longest)
    // Within backticks nothing can be escaped.
    let shown = WorkflowCommand.inert(line, fromLineStart: false)
    guard !shown.isEmpty else { return "" }
    let tick = Unicode.Scalar("`")
    let scalars = shown.unicodeScalars
    let longestRun = scalars.split { $0 != tick }.map(\.count).max() ?? 0
    let fence = String(repeating: "`", count: longestRun + 1)
    let space = scalars.first == tick || scalars.last == tick ? " " : ""
    return fence + space + shown + space + fence
  }

  /// A row of a table. A bar would end its cell even within code, so one that others wrote is shown broken.
  static func row(_ cells: [String]) -> String {
    let shown = cells.map { cell in
      String(String.UnicodeScalarView(cell.unicodeScalars.map { $0 == "|" ? "\u{A6}" : $0 }))
    }
    return "| \(shown.joined(separator: " | ")) |"
  }

  /// `text`, a sentence of ours with names and texts of others in it: words of letters stay words, and others
  /// become code. Text between backticks is code as a whole.
  static func sentence(_ text: String) -> String {
    let shown = Words.clipped(Words.line(text), to: longest)
    var pieces: [Piece] = []
    var isAtStart = true
    for (index, part) in shown.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
      guard index.isMultiple(of: 2) else {
        pieces.append(.code(String(part)))
        if !part.isEmpty { isAtStart = false }
        continue
      }
      for (index, word) in part.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
        if index > 0 { pieces.append(.words(" ")) }
        pieces += Self.pieces(of: word, isFirst: isAtStart)
        if !word.isEmpty { isAtStart = false }
      }
    }
    // Four spaces at the beginning of a line would make a block of it.
    return String(joined(pieces).drop { $0 == " " })
  }

  private enum Piece {
    case words(String)
    case code(String)
  }

  /// Two pieces of code beside each other are one: the backticks between them would be read as two.
  private static func joined(_ pieces: [Piece]) -> String {
    var shown = ""
    var pending = ""
    for piece in pieces {
      switch piece {
      case .code(let text): pending += text
      case .words(let text):
        shown += code(pending) + text
        pending = ""
      }
    }
    return shown + code(pending)
  }

  /// `lines` as they are, below each other.
  static func block(_ lines: [String]) -> String {
    let shown = lines.map { Words.clipped($0, to: longest) }.joined(separator: "\n")
    // XML's escapes are HTML's.
    return "<pre>\(XML.text(shown))</pre>"
  }

  /// A word stays one if it is letters, or a number; marks around it stay, but not at the beginning of a
  /// line, where Markdown could read them as its own.
  private static func pieces(of word: Substring, isFirst: Bool) -> [Piece] {
    guard !word.isEmpty else { return [] }
    var core = word.unicodeScalars
    var head = ""
    var tail = String.UnicodeScalarView()
    if core.first == "(" {
      core.removeFirst()
      head = "("
    }
    while let last = core.last, ",.;:!?)".unicodeScalars.contains(last) {
      core.removeLast()
      tail.insert(last, at: tail.startIndex)
    }
    if core.isEmpty || isWord(core) {
      return isFirst && !isName(core) ? [.code(String(word))] : [.words(String(word))]
    }
    return (head.isEmpty ? [] : [.words(head)]) + [.code(String(core))]
      + (tail.isEmpty ? [] : [.words(String(tail))])
  }

  private static func isName(_ scalars: Substring.UnicodeScalarView) -> Bool {
    scalars.first?.properties.isAlphabetic ?? false
  }

  private static func isWord(_ scalars: Substring.UnicodeScalarView) -> Bool {
    func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar.isASCII && scalar.properties.isAlphabetic }
    let parts = scalars.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "'" }
    if parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isLetter) }) { return true }
    return scalars.count < 7 && scalars.allSatisfy { ("0"..."9").contains($0) }
  }
}
