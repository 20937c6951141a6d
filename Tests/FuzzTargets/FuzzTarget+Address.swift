import NixModel

extension FuzzTarget {
  static func address(_ bytes: [UInt8]) throws(BrokenPromise) {
    try expectToBeCanonical(String(decoding: bytes, as: UTF8.self), of: bytes)

    // A password in the authority, wherever that may end: the reader and the password's owner must agree.
    let authority = bytes.prefix { !"/?#".utf8.contains($0) }
    let rest = bytes.dropFirst(authority.count)
    let text =
      "https://" + String(decoding: authority, as: UTF8.self) + "u:\(Planted.secret)@"
      + String(decoding: rest, as: UTF8.self)
    guard !Planted.isIn(bytes) else { return }
    do {
      let url = try SubstituterURL(parsing: text)
      var dumped = ""
      dump(url, to: &dumped)
      for shown in [url.canonical, "\(url)", String(reflecting: url), dumped] {
        try expect(!Planted.isShown(by: shown), "an address shows no password: \(shown.debugDescription)")
      }
    } catch let error as SubstituterURLError {
      try expectPresentable(error.description, of: bytes)
    } catch let error as BrokenPromise {
      throw error
    } catch {
      throw BrokenPromise(description: "the error is a SubstituterURLError")
    }
  }

  private static func expectToBeCanonical(_ text: String, of bytes: [UInt8]) throws(BrokenPromise) {
    let url: SubstituterURL
    do { url = try SubstituterURL(parsing: text) } catch {
      return try expectPresentable(error.description, of: bytes)
    }
    _ = url.credentials
    guard let again = try? SubstituterURL(parsing: url.canonical) else {
      throw BrokenPromise(description: "a canonical address is one: \(url.canonical.debugDescription)")
    }
    try expect(
      Array(again.canonical.utf8) == Array(url.canonical.utf8),
      "a canonical address stays as it is: \(url.canonical.debugDescription)")
    try expect(again == url, "an address equals its canonical form")
    try expect(again.hashValue == url.hashValue, "equal addresses have equal hashes")
    try expect(url.isPrinted(as: text), "an address is printed as itself: \(text.debugDescription)")
    try expect(
      (try? SubstituterURL(parsing: url.base)) == url,
      "requests go to the address: \(url.base.debugDescription)")
  }
}
