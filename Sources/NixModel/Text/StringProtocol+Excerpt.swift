extension StringProtocol {
  /// The text as an error message quotes it: without credentials, in signs that can be printed, and short.
  public var excerpt: String {
    // Redacted before it is cut, and cut by Unicode scalars: one character can have any number of them.
    let scalars = Redaction.redact(String(self)).unicodeScalars
    var shown = String.UnicodeScalarView()
    var count = 0
    for scalar in scalars {
      let spelled = scalar.spelledInAnExcerpt
      count += spelled.unicodeScalars.count
      guard count <= longestExcerpt else {
        shown.append("…")
        break
      }
      shown.append(contentsOf: spelled.unicodeScalars)
    }
    return String(shown)
  }
}

/// In Unicode scalars, without the sign that something was left out.
private let longestExcerpt = 80

extension Unicode.Scalar {
  fileprivate var spelledInAnExcerpt: String {
    if isPrintable { return String(self) }
    // White space stays, because the redaction needs it as a boundary between words.
    return (0x09...0x0D).contains(value) ? " " : "\\u{\(String(value, radix: 16))}"
  }

  /// Whether the scalar is visible, and changes neither the line nor the direction of the text around it.
  fileprivate var isPrintable: Bool {
    if isASCII { return value >= 0x20 && value != 0x7F }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation,
      .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol,
      .currencySymbol, .modifierSymbol, .otherSymbol, .nonspacingMark, .spacingMark:
      return true
    case .enclosingMark, .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .surrogate,
      .privateUse, .unassigned:
      return false
    @unknown default: return false
    }
  }
}
