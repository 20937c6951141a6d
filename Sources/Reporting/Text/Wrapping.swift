/// Text whose lines are no longer than a terminal is wide: broken between words, and indented as the line itself is.
public enum Wrapping {
  /// The columns below which nothing is broken, because it would not help.
  private static let narrowest = 30

  /// `text` for a terminal of `width` columns; as it is where that is not known.
  ///
  /// A report's line has a label (`what`, `next`) before its text; what is broken off stands below the text. A word that is
  /// longer than the line, such as a path, stays whole, so that it can be copied.
  public static func wrapped(_ text: String, to width: Int?) -> String {
    guard let width, width >= narrowest else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.utf8.count <= width ? String(line) : wrapped(line: line, to: width)
    }.joined(separator: "\n")
  }

  private static func wrapped(line: Substring, to width: Int) -> String {
    let indent = min(hang(of: line), width / 2)
    var result = ""
    var column = 0
    var isAtStart = true
    for (index, word) in line.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
      let length = columns(of: word)
      let gap = index == 0 ? 0 : 1
      // The text of a line begins behind its hanging indent; what stands before is never broken.
      if !isAtStart, column > indent, column + gap + length > width, length > 0 {
        result += "\n" + String(repeating: " ", count: indent)
        column = indent
      } else if index > 0 {
        result += " "
        column += 1
      }
      result += word
      column += length
      if length > 0, column > indent { isAtStart = false }
    }
    return result
  }

  /// Where the text of a line begins: behind its indentation, and behind a short label with two spaces after it.
  private static func hang(of line: Substring) -> Int {
    var column = 0
    var spaces = 0
    var labelEnd = 0
    var isInEscape = false
    for scalar in line.unicodeScalars {
      if isInEscape {
        isInEscape = scalar != "m"
        continue
      }
      if scalar == "\u{1B}" {
        isInEscape = true
        continue
      }
      if scalar == " " {
        spaces += 1
      } else {
        if spaces >= 2 || column == spaces { labelEnd = column }
        spaces = 0
      }
      column += 1
      if column > 24 { break }
    }
    return labelEnd
  }

  /// How many columns a word takes, without a terminal's escapes.
  private static func columns(of word: Substring) -> Int {
    var count = 0
    var isInEscape = false
    for scalar in word.unicodeScalars {
      if isInEscape {
        isInEscape = scalar != "m"
      } else if scalar == "\u{1B}" {
        isInEscape = true
      } else {
        count += 1
      }
    }
    return count
  }
}
