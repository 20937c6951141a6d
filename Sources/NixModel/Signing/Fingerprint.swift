public import Foundation

/// What a binary cache signs: a path, the hash and size of its archive, and its references.
///
/// Source: Nix, `src/libstore/path-info.cc` (`ValidPathInfo::fingerprint`):
///
///     1;<path>;sha256:<base 32>;<size in bytes>;<full references, sorted, joined by commas>
///
/// The URL, the compressed file's hash, the deriver and the content address are *not* covered.
public struct Fingerprint: Hashable, Sendable {
  /// The bytes that are signed, without a final newline.
  public let message: Data

  /// The fingerprint of an archive of `narSize` bytes.
  public init(path: StorePath, narHash: NarHash, narSize: UInt64, references: [StorePath]) {
    let list = Set(references.map(\.description)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    message = Data("1;\(path);\(narHash.nix32);\(narSize);\(list.joined(separator: ","))".utf8)
  }
}
