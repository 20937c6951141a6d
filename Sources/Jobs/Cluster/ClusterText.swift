import NixModel

extension String {
  /// A cluster's message, as a sentence quotes it: on one line, without credentials and control characters,
  /// and bounded. The bound is larger than that of an excerpt, because a scheduler lists every kind of node.
  var told: String {
    let longest = 600
    let line = Redaction.redact(self).unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? " " : scalar
    }
    let words = String(String.UnicodeScalarView(line)).split(separator: " ").joined(separator: " ")
    return words.unicodeScalars.count <= longest ? words : String(words.unicodeScalars.prefix(longest)) + "…"
  }
}
