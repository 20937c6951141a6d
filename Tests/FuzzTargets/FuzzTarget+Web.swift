import NixModel

extension FuzzTarget {
  /// The address of a request, and the places where an answer to it may redirect to: the input's first line is asked,
  /// and the others are what one after the other redirects to.
  static func web(_ bytes: [UInt8]) throws(BrokenPromise) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).prefix(12)
      .map { String(decoding: $0, as: UTF8.self) }
    try expectToBeAnAddress(lines.first.flatMap { WebAddress(parsing: $0) })
    var address =
      lines.first.flatMap { WebAddress(parsing: $0) } ?? WebAddress(parsing: "http://cache.example/a/b?c")
    for line in lines.dropFirst() {
      guard let next = address?.redirected(to: line) else { continue }
      try expectToBeAnAddress(next)
      address = next
    }
  }

  private static func expectToBeAnAddress(_ address: WebAddress?) throws(BrokenPromise) {
    guard let address else { return }
    try expect(!address.server.host.isEmpty, "an address has a host")
    try expect(
      address.target.utf8.first == UInt8(ascii: "/")
        && address.target.utf8.allSatisfy { (0x21..<0x7F).contains($0) && $0 != UInt8(ascii: "#") },
      "what is asked for can stand in a request: \(address.target.debugDescription)")
    guard address.text.utf8.count <= WebAddress.longest else { return }
    try expect(
      WebAddress(parsing: address.text) == address,
      "an address reads as it is written: \(address.text.debugDescription)")
  }
}
