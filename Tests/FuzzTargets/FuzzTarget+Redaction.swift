import NixModel

extension FuzzTarget {
  static func redaction(_ bytes: [UInt8]) throws(BrokenPromise) {
    let text = String(decoding: bytes, as: UTF8.self)
    try expectToStay(text)
    guard !Planted.isIn(bytes) else { return }

    // The input in three: what stands before an address, a password's beginning, and what follows the secret.
    let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    let before = parts[0]
    let password = String(
      decoding: parts.count > 1 ? parts[1].utf8.filter(Self.isOfAPassword) : [], as: UTF8.self)
    let after = parts.count > 2 ? parts[2] : ""
    try expectToHide(before, password, after)
    for address in [
      "https://\(password)\(Planted.secret)@", "https://u:\(Planted.secret)\(password)@",
      "u:\(password)\(Planted.secret)@", "?secret-key=\(Planted.secret)",
      "&TOKEN=\(Planted.secret)\(password)",
    ] {
      let whole = before + address + after
      let shown = Redaction.redact(whole)
      try expect(!Planted.isShown(by: shown), "no password is shown: \(shown.debugDescription)")
      let excerpt = whole.excerpt
      try expect(!Planted.isShown(by: excerpt), "no password is excerpted: \(excerpt.debugDescription)")
      try expect(
        Array(Redaction.redact(shown).utf8) == Array(shown.utf8),
        "what is redacted stays: \(shown.debugDescription)")
    }
  }

  /// What is known, and what a header field holds, is shown nowhere.
  private static func expectToHide(_ before: String, _ password: String, _ after: String)
    throws(BrokenPromise)
  {
    let known = KnownSecrets()
    known.learn(Planted.secret)
    known.learn(user: "user", password: String(password.unicodeScalars.prefix(32)))
    let whole = "\(before)\(Planted.secret)\(after)\nAuthorization: \(Planted.secret)"
    let (shown, again) = Redaction.$known.withValue(known) {
      let shown = Redaction.redact(whole)
      return (shown, Redaction.redact(shown))
    }
    try expect(!Planted.isShown(by: shown), "nothing that is known is shown: \(shown.debugDescription)")
    try expect(Array(again.utf8) == Array(shown.utf8), "what is redacted stays: \(shown.debugDescription)")
    let field = Redaction.redact("\(before)\nAuthorization: \(Planted.secret)")
    try expect(!Planted.isShown(by: field), "no field is shown: \(field.debugDescription)")
  }

  private static func expectToStay(_ text: String) throws(BrokenPromise) {
    let once = Redaction.redact(text)
    try expect(
      Array(Redaction.redact(once).utf8) == Array(once.utf8),
      "what is redacted stays: \(once.debugDescription)")
    let signs = Array("@=:' ".utf8)
    if !text.utf8.contains(where: { signs.contains($0) }) {
      try expect(Array(once.utf8) == Array(text.utf8), "nothing else is taken out")
    }
    let excerpt = text.excerpt
    try expectPresentable(excerpt, of: Array(text.utf8))
    try expect(excerpt.unicodeScalars.count <= 81, "an excerpt is short")
  }

  /// Whether a byte can be part of a password in an address.
  private static func isOfAPassword(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x09...0x0D, 0x20, UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"): false
    default: true
    }
  }
}
