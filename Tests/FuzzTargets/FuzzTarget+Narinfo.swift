import NixModel

extension FuzzTarget {
  static func narinfo(_ bytes: [UInt8]) throws(BrokenPromise) {
    let planted = Planted.into(bytes)
    let text = String(decoding: planted, as: UTF8.self)
    _ = CacheInfo(parsing: text)
    // As a cache sends it, text or not: an offer is of the path and verified.
    let answer = Survey.Answer.Kind(
      narinfo: planted, for: Known.path, from: Known.cache, trusting: Known.keys)
    if case .offered(let offer, _) = answer {
      try expect(offer.narinfo.path == Known.path, "it is offered for the path that was asked for")
      try expect(offer.narinfo.isWithin(Known.cache), "its archive is in the cache")
    }
    let narinfo: Narinfo
    do { narinfo = try Narinfo(parsing: text, for: Known.path) } catch {
      return try expectPresentable(error.description, of: bytes)
    }
    try expect(narinfo.path == Known.path, "it is of the path that was asked for")
    try expect(narinfo.narSize > 0, "an archive has a size")
    try expect(narinfo.signatures.count <= Narinfo.maximumSignatures, "signatures are counted")
    _ = narinfo.isWithin(Known.cache)

    // The key in the corpus signed one fingerprint. Whatever else verifies was forged, or follows from its
    // content.
    if let verified = VerifiedNarinfo(narinfo, trusting: Known.keys) {
      switch verified.authority {
      case .signed(let names):
        try expect(names == ["fuzz-1"], "signed by the key that is trusted")
        try expect(narinfo.fingerprint == Known.fingerprint, "what verifies is what was signed")
      case .contentAddressed:
        try expect(narinfo.contentAddress != nil, "it says that it follows from its content")
      }
    }
    let printed = narinfo.printed
    guard let again = try? Narinfo(parsing: printed, for: Known.path) else {
      throw BrokenPromise(description: "what is printed can be read: \(printed.debugDescription)")
    }
    try expect(again == narinfo, "what is printed reads the same: \(printed.debugDescription)")
  }
}

extension Narinfo {
  /// The narinfo as a cache would send it.
  fileprivate var printed: String {
    var lines = [
      "StorePath: \(path)", "URL: \(url)", "Compression: \(compression)", "NarHash: \(narHash)",
      "NarSize: \(narSize)", "References: \(references.map(\.baseName).joined(separator: " "))",
    ]
    if let fileSize { lines.append("FileSize: \(fileSize)") }
    if let deriver { lines.append("Deriver: \(deriver.baseName)") }
    if let contentAddress { lines.append("CA: \(contentAddress)") }
    lines += signatures.map { "Sig: \($0)" }
    return lines.map { $0 + "\n" }.joined()
  }
}
