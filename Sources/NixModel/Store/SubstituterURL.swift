import Foundation

/// The address of a binary cache as it was configured.
///
/// It can hold credentials (`https://user:password@cache`, `?secret-key=…`), so it prints itself redacted;
/// only ``configured`` gives them, to Nix's settings and to the request itself. It is shown as it was
/// received, and compared by its identity (``AddressIdentity``): two spellings of one place are equal,
/// although they differ in the host's case, percent-encodings, slashes, `..`, default port, query or user
/// information.
public struct SubstituterURL: Sendable {
  /// The address with everything in it. Never to be printed, stored, or passed as an argument.
  public let configured: String
  /// The address as it was received, without credentials, query and final slash, as it is shown and recorded.
  public let canonical: String
  let identity: AddressIdentity
  /// How many bytes an address has at most.
  public static let longest = 8 << 10

  /// The value of `?priority=`, which overrides the cache's own.
  public let priority: Int?

  /// Parses `http(s)://…`, `file://…`, or a store address that only Nix understands (`s3://…`, `ssh-ng://…`, a
  /// directory).
  ///
  /// - Throws: ``SubstituterURLError`` where `text` has no scheme or no place, or is too long for an address.
  public init(parsing text: some StringProtocol) throws(SubstituterURLError) {
    let text = String(text)
    guard text.utf8.count <= Self.longest, !text.unicodeScalars.contains(where: \.properties.isWhitespace)
    else {
      throw SubstituterURLError(text: text)
    }
    // By bytes: a joining mark makes one character of itself and the '/' or '@' before it.
    let slash = UInt8(ascii: "/")
    let address = text
    if text.utf8.first == slash {
      // To Nix a directory is a store with files of its own, and no binary cache.
      self = SubstituterURL(otherStore: text)
      return
    }
    guard let components = URLComponents(string: address), let scheme = components.scheme?.lowercased(),
      address.utf8.dropFirst(scheme.utf8.count).starts(with: "://".utf8)
    else { throw SubstituterURLError(text: text) }
    var place = address.utf8.dropFirst(scheme.utf8.count + "://".utf8.count)
      .prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    let authority = place.prefix { $0 != slash }
    if let at = authority.lastIndex(of: UInt8(ascii: "@")) { place = place[at...].dropFirst() }
    guard scheme == "file" ? place.first == slash : !(components.host ?? "").isEmpty else {
      throw SubstituterURLError(text: text)
    }
    while place.count > 1, place.last == slash { place.removeLast() }
    configured = text
    canonical = "\(scheme)://\(Substring(place))"
    identity = AddressIdentity(canonical)
    priority = components.queryItems?.last { $0.name == "priority" }?.value.flatMap { Int($0) }
  }

  /// Whether an address that Nix printed is this one: some versions take percent-encodings off before they print.
  public func isPrinted(as text: String) -> Bool {
    text == canonical || identity == AddressIdentity(text)
      || identity == AddressIdentity(text, isDecoded: true)
      || hindrance != nil && SubstituterURL(otherStore: text).canonical == canonical
  }

  /// Whether an address, however it is spelled, lies below this one.
  func encloses(_ text: String) -> Bool { identity.encloses(AddressIdentity(text)) }

  /// The beginning of the URL of each request: ``canonical``, with `.` and `..` resolved, because curl
  /// resolves them before it asks.
  public var base: String {
    let components = canonical.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard scheme != "file", hindrance == nil,
      components.contains(where: { $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8) })
    else { return canonical }
    // The first three are the scheme, nothing, and the authority.
    var resolved: [Substring] = []
    for component in components.dropFirst(3).map({ Substring($0) }) {
      if component == ".." { _ = resolved.popLast() } else if component != "." { resolved.append(component) }
    }
    return (components.prefix(3).map { Substring($0) } + resolved).joined(separator: "/")
  }

  /// `http`, `https`, `file`, …
  public var scheme: Substring { Substring(canonical.utf8.prefix { $0 != UInt8(ascii: ":") }) }

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
    left.identity == right.identity
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}

extension SubstituterURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The address without credentials.
  public var description: String { canonical }
  public var debugDescription: String { canonical }
  public var customMirror: Mirror { Mirror(self, children: ["canonical": canonical]) }
}

/// Why a text is no address of a binary cache.
public struct SubstituterURLError: Error, Hashable, Sendable {
  /// An excerpt of the text that could not be parsed, without credentials.
  public let text: String

  init(text: String) { self.text = text.excerpt }
}

extension SubstituterURLError: CustomStringConvertible {
  public var description: String {
    "'\(text)' is not the address of a binary cache: expected http://…, https://… or file:///…"
  }
}
