/// A substituter that only Nix can ask.
extension SubstituterURL {
  /// Takes any word of Nix's setting `substituters`, or of its record: `daemon`, `local?root=…`, `unix://…`,
  /// a directory, a word that Nix itself passes over. One store that cannot be asked must not keep the others
  /// from being asked.
  public init(anyStore text: some StringProtocol) {
    self = (try? SubstituterURL(parsing: text)) ?? SubstituterURL(otherStore: String(text))
  }

  /// A store without a scheme that is an address of a cache. Its name is shown without parameters, which can hold
  /// secrets.
  init(otherStore text: String) {
    configured = text
    canonical = Redaction.redact(
      String(Substring(text.utf8.prefix(Self.longest).prefix { $0 != UInt8(ascii: "?") })))
    identity = AddressIdentity(canonical)
    priority = nil
  }

  /// Why it is not asked before Nix asks it, as a clause; `nil` where it is.
  public var hindrance: String? {
    switch scheme {
    case "http", "https", "file": nil
    case _ where isDirectory:
      "to Nix it is a store of its own, which Nix makes there where there is none; a binary cache in a directory is file://\(canonical)"
    case _ where isNothingToNix: "it is no store that Nix can open, so Nix passes over it"
    default: "only Nix itself can ask this kind of store"
    }
  }

  /// Whether it is a directory and not an address.
  private var isDirectory: Bool { canonical.utf8.first == UInt8(ascii: "/") }

  /// Whether Nix cannot open it either, so that nothing comes from it: a bare host, for one.
  public var isNothingToNix: Bool {
    !canonical.utf8.contains(UInt8(ascii: "/")) && !["auto", "daemon", "local", ""].contains(canonical)
  }
}
