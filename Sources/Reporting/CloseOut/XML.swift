/// Text in XML 1.0.
///
/// Source: W3C, "Extensible Markup Language (XML) 1.0", 2.2 "Characters" and 2.4 "Character Data and Markup".
enum XML {
  /// `text` between tags. Characters that XML cannot hold are replaced, and no line reads as a workflow
  /// command where the document is printed in a log.
  static func text(_ text: String) -> String { escaped(text, inAttribute: false) }

  /// `text` between double quotes.
  static func attribute(_ text: String) -> String { escaped(text, inAttribute: true) }

  private static func escaped(_ text: String, inAttribute: Bool) -> String {
    var shown = ""
    var isAtStart = !inAttribute
    var previous: (Unicode.Scalar, Unicode.Scalar) = (" ", " ")
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": shown += "&amp;"
      case "<": shown += "&lt;"
      case ">": shown += "&gt;"
      case "\"": shown += inAttribute ? "&quot;" : "\""
      // A parser makes spaces of these in an attribute, and a newline of a carriage return anywhere.
      case "\t", "\n":
        if inAttribute { shown += "&#\(scalar.value);" } else { shown.unicodeScalars.append(scalar) }
      case "\r": shown += "&#13;"
      case ":" where isAtStart: shown += "&#58;"
      case "[" where previous == ("#", "#"): shown += "&#91;"
      default: if isAllowed(scalar) { shown.unicodeScalars.append(scalar) } else { shown += "\u{FFFD}" }
      }
      previous = (previous.1, scalar)
      isAtStart = !inAttribute && (scalar == "\n" || (isAtStart && scalar.properties.isWhitespace))
    }
    return shown
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
    default: false
    }
  }
}
