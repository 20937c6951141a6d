/// The data that a binary cache signs: a path, the hash and size of its archive, and its references.
///
/// Source: Nix, `src/libstore/path-info.cc` (`ValidPathInfo::fingerprint`):
///
///     1;<path>;sha256:<base 32>;<size in bytes>;<full references, sorted, joined by commas>
///
/// The URL, the compressed file's hash, the deriver and the content address are *not* covered.
public struct Fingerprint: Hashable, Sendable {
  /// The bytes that are signed, without a final newline.
  public let message: [UInt8]

  /// The fingerprint of an archive of `narSize` bytes.
  public init(path: StorePath, narHash: NarHash, narSize: UInt64, references: [StorePath]) {
    var message: [UInt8] = []
    message.reserveCapacity(160 + references.count * 72)
    message += "1;".utf8
    message.append(path)
    message += ";\(narHash.nix32);\(narSize);".utf8
    // By bytes, which is how these names compare, being of ASCII; each once. Nix writes them in order.
    let isInOrder = zip(references, references.dropFirst()).allSatisfy(<)
    var last: StorePath?
    for reference in isInOrder ? references : references.sorted() where reference != last {
      if last != nil { message.append(UInt8(ascii: ",")) }
      message.append(reference)
      last = reference
    }
    self.message = message
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ path: StorePath) {
    self += path.directory.path.utf8
    append(UInt8(ascii: "/"))
    self += path.baseName.utf8
  }
}
