import Foundation

/// The address of a binary cache as it was configured.
///
/// It can hold credentials (`https://user:password@cache`, `?secret-key=…`), so it prints itself
/// redacted; only ``configured`` gives them, to Nix's settings and to the request itself. Two addresses
/// are equal where ``canonical`` is: without query, user information and a final slash.
public struct SubstituterURL: Sendable {
  /// The address with everything in it. Never to be printed, stored, or passed as an argument.
  public let configured: String
  /// What addresses are compared by, and what Nix's log says without its credentials.
  public let canonical: String
  /// The value of `?priority=`, which overrides what the cache says of itself.
  public let priority: Int?

  /// Parses `http(s)://…`, `file://…`, an absolute path, or a store address that only Nix understands
  /// (`s3://…`, `ssh-ng://…`).
  ///
  /// - Throws: ``SubstituterURLError`` where `text` has no scheme or no place.
  public init(parsing text: some StringProtocol) throws(SubstituterURLError) {
    let text = String(text)
    guard !text.contains(where: { $0.isWhitespace || $0.isNewline }) else {
      throw SubstituterURLError(text: Redaction.redact(text))
    }
    let address = text.hasPrefix("/") ? "file://\(text)" : text
    guard let components = URLComponents(string: address), let scheme = components.scheme?.lowercased(),
      let separator = address.range(of: "://")
    else { throw SubstituterURLError(text: Redaction.redact(text)) }
    guard scheme == "file" ? components.path.hasPrefix("/") : !(components.host ?? "").isEmpty else {
      throw SubstituterURLError(text: Redaction.redact(text))
    }
    var place = address[separator.upperBound...].prefix { $0 != "?" && $0 != "#" }
    let authority = place.prefix { $0 != "/" }
    if let at = authority.lastIndex(of: "@") { place = place[place.index(after: at)...] }
    while place.count > 1, place.hasSuffix("/") { place.removeLast() }
    configured = text
    canonical = "\(scheme)://\(place)"
    priority = components.queryItems?.last { $0.name == "priority" }?.value.flatMap { Int($0) }
  }

  /// `http`, `https`, `file`, …
  public var scheme: Substring { canonical.prefix { $0 != ":" } }

  /// User name and password, where the address has them.
  public var credentials: (user: String, password: String)? {
    guard let components = URLComponents(string: configured), let password = components.password else {
      return nil
    }
    return (components.user ?? "", password)
  }
}

extension SubstituterURL: Hashable {
  public static func == (left: SubstituterURL, right: SubstituterURL) -> Bool {
    left.canonical == right.canonical
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(canonical) }
}

extension SubstituterURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The canonical address, which holds no credentials.
  public var description: String { canonical }
  public var debugDescription: String { canonical }
  public var customMirror: Mirror { Mirror(self, children: ["canonical": canonical]) }
}

/// Why a text is no address of a binary cache.
public struct SubstituterURLError: Error, Hashable, Sendable {
  /// What was to be parsed, redacted.
  public let text: String
}

extension SubstituterURLError: CustomStringConvertible {
  public var description: String {
    "'\(text)' is not the address of a binary cache: expected http://…, https://… or file:///…"
  }
}
