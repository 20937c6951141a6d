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
    var text = String(path)
    while text.count > 1, text.hasSuffix("/") { text.removeLast() }
    guard text.hasPrefix("/"), text.count > 1, !text.contains("//"), !text.contains("\0") else { return nil }
    self.path = text
  }
}

extension StoreDirectory: CustomStringConvertible {
  public var description: String { path }
}
