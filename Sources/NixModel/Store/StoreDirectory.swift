/// The directory that store paths name as their parent, `/nix/store` nearly everywhere.
///
/// It is the *logical* directory: a store realized under another root (`--store /scratch`) still has
/// `/nix/store` in its paths, and another logical directory changes every hash.
public struct StoreDirectory: Hashable, Sendable {
  /// An absolute path without a final slash, such as `/nix/store`.
  public let path: String

  /// The directory that all of nixpkgs' caches use.
  public static let standard = StoreDirectory(unchecked: "/nix/store")

  private init(unchecked path: String) { self.path = path }

  /// Accepts an absolute path, with or without a final slash; refuses everything else.
  public init?(_ path: some StringProtocol) {
    let slash = UInt8(ascii: "/")
    // By bytes: a joining mark makes one character of itself and the slash before it.
    let bytes = String(path).utf8
    guard bytes.first == slash, !bytes.contains(0), let last = bytes.lastIndex(where: { $0 != slash }) else {
      return nil
    }
    let text = bytes[...last]
    guard !zip(text, text.dropFirst()).contains(where: { $0 == slash && $1 == slash }) else { return nil }
    self.path = String(Substring(text))
  }
}

extension StoreDirectory: CustomStringConvertible {
  public var description: String { path }
}
