/// A reader of untrusted bytes, and what must hold of it whatever the bytes are.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// A cache's metadata of a path, and of itself.
  case narinfo
  /// Nix's log in both formats, whole and in pieces.
  case log
  /// A `.drv` file.
  case derivation
  /// An Attic token.
  case jwt
  /// A netrc file.
  case netrc
  /// What a person names on the command line.
  case installable
  /// A substituter's address.
  case address
  /// The address that a request goes to, and where its answer redirects to.
  case web
  /// Any text that is shown or stored.
  case redaction

  /// Feeds `bytes` to the reader.
  ///
  /// - Throws: ``BrokenPromise`` where something does not hold.
  public func run(_ bytes: [UInt8]) throws(BrokenPromise) {
    switch self {
    case .narinfo: try Self.narinfo(bytes)
    case .log: try Self.log(bytes)
    case .derivation: try Self.derivation(bytes)
    case .jwt: try Self.jwt(bytes)
    case .netrc: try Self.netrc(bytes)
    case .installable: try Self.installable(bytes)
    case .address: try Self.address(bytes)
    case .web: try Self.web(bytes)
    case .redaction: try Self.redaction(bytes)
    }
  }
}
