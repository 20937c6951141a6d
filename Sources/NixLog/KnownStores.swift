import NixModel

/// The store directories whose paths a log may speak of.
enum KnownStores: Hashable, Sendable {
  /// One: a log of this run's own Nix.
  case one(StoreDirectory)
  /// Any, for a log from elsewhere (`NIX_STORE_DIR`, a store in a home directory).
  case any

  /// The store path that `text` is.
  func path(_ text: some StringProtocol) -> StorePath? {
    switch self {
    case .one(let directory): return try? StorePath(parsing: text, in: directory)
    case .any:
      if let path = try? StorePath(parsing: text) { return path }
      let text = String(text)
      guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")),
        let directory = StoreDirectory(text[..<slash])
      else { return nil }
      return try? StorePath(parsing: text, in: directory)
    }
  }
}
