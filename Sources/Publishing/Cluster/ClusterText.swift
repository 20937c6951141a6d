import NixModel

extension String {
  /// What a cluster says, as a sentence quotes it: on one line, without credentials and control signs, and not
  /// endless. A scheduler lists every kind of node, which takes more than an excerpt has.
  var told: String {
    let longest = 600
    let line = Redaction.redact(self).unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? " " : scalar
    }
    let words = String(String.UnicodeScalarView(line)).split(separator: " ").joined(separator: " ")
    return words.unicodeScalars.count <= longest ? words : String(words.unicodeScalars.prefix(longest)) + "…"
  }
}
