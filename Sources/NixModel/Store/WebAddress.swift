import Foundation

/// The address of something on a web server, taken apart: `https://cache.example:8443/main/nix-cache-info`.
///
/// Every address that a request goes to is read here first, wherever it comes from: a cache's own, an
/// archive's in a narinfo, a redirection. A client library may end the process over an invalid port.
public struct WebAddress: Hashable, Sendable {
  /// The protocols that a cache is asked in.
  public enum Scheme: String, Hashable, Sendable {
    case http, https

    /// The port that an address without one means.
    public var port: UInt16 { self == .http ? 80 : 443 }
  }

  /// A server: host, port and scheme.
  public struct Server: Hashable, Sendable {
    /// How it is asked.
    public let scheme: Scheme
    /// Its name or number, in small letters and without brackets.
    public let host: String
    /// Where it listens.
    public let port: UInt16

    /// Host and port as a request names them: the port only where the scheme has another.
    public var authority: String {
      let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
      return port == scheme.port ? name : "\(name):\(port)"
    }

    /// Whether it is this machine by its name, which needs no table of hosts: `localhost`, and names that end
    /// with `.localhost`.
    public var isLocalhost: Bool { host == "localhost" || host.hasSuffix(".localhost") }
  }

  /// The server that is asked.
  public let server: Server
  /// The target of a request: path and query, with a slash at the beginning.
  public let target: String

  /// How many bytes an address has at most. Those of an object store that are signed have a thousand or two.
  public static let longest = 16 << 10

  /// Parses `http://…` and `https://…`. User information and fragment are left out, and bytes that may not
  /// stand in a request are encoded. `nil` for everything else: another scheme, no host, a port above 65535.
  public init?(parsing text: some StringProtocol) {
    let text = String(text)
    guard text.utf8.count <= Self.longest else { return nil }
    if let address = WebAddress(text.utf8[...]) {
      self = address
    } else if text.utf8.contains(where: { $0 >= 0x80 }), let spelled = URL(string: text)?.absoluteString,
      let address = WebAddress(spelled.utf8[...])
    {
      // The name of a host in letters of another script, which is asked for in ASCII.
      self = address
    } else {
      return nil
    }
  }

  private init?(_ text: Substring.UTF8View) {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")), text[colon...].starts(with: "://".utf8),
      let scheme = Scheme(rawValue: String(Substring(text[..<colon])).lowercased())
    else { return nil }
    let rest = text[colon...].dropFirst("://".utf8.count)
    let authority = rest.prefix { !"/?#".utf8.contains($0) }
    let place = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[$0...].dropFirst() } ?? authority
    guard let server = Server(scheme, place) else { return nil }
    self.init(server, rest[authority.endIndex...])
  }

  private init(_ server: Server, _ target: Substring.UTF8View) {
    self.server = server
    let asked = target.prefix { $0 != UInt8(ascii: "#") }
    let text = asked.allSatisfy(Self.mayStand) ? String(Substring(asked)) : Self.encoded(asked)
    self.target = text.utf8.first == UInt8(ascii: "/") ? text : "/\(text)"
  }

  private static func mayStand(_ byte: UInt8) -> Bool { (0x21..<0x7F).contains(byte) }

  private static func encoded(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes {
      if mayStand(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return text
  }

  /// Where an answer from here that redirects leads to, by its `Location`: an address, or one beside this (RFC 3986,
  /// 5.2). `nil` where that is no place on a web server.
  public func redirected(to location: some StringProtocol) -> WebAddress? {
    var bytes = String(location).utf8[...]
    while let byte = bytes.last, byte == 0x20 || byte == 0x09 { bytes.removeLast() }
    bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
    guard !bytes.isEmpty, bytes.count <= Self.longest else { return nil }
    let text = String(Substring(bytes))
    if Self.hasScheme(bytes) { return WebAddress(parsing: text) }
    if bytes.starts(with: "//".utf8) { return WebAddress(parsing: "\(server.scheme):\(text)") }
    let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
    let joined: String
    switch bytes.first {
    case UInt8(ascii: "/"): joined = text
    case UInt8(ascii: "?"): joined = String(Substring(path)) + text
    case UInt8(ascii: "#"): joined = target
    default:
      let slash = path.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
      joined = String(Substring(path[...slash])) + text
    }
    let address = WebAddress(server, Self.withoutDots(joined).utf8[...])
    return address.target.utf8.count <= Self.longest ? address : nil
  }

  /// Whether a name and a colon stand before anything of a path.
  private static func hasScheme(_ text: Substring.UTF8View) -> Bool {
    guard let end = text.firstIndex(where: { ":/?#".utf8.contains($0) }), end > text.startIndex else {
      return false
    }
    return text[end] == UInt8(ascii: ":")
  }

  /// The same path without `.` and `..`, and the same query.
  private static func withoutDots(_ target: String) -> String {
    let path = target.utf8.prefix { !"?#".utf8.contains($0) }
    let rest = target.utf8[path.endIndex...]
    var kept: [Substring.UTF8View.SubSequence] = []
    let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
    for (number, part) in parts.enumerated() {
      let isLast = number == parts.count - 1
      if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) {
        if part.count == 2 { _ = kept.popLast() }
        if isLast { kept.append(part.prefix(0)) }
      } else {
        kept.append(part)
      }
    }
    return kept.map { "/" + String(Substring($0)) }.joined() + String(Substring(rest))
  }
}

extension WebAddress.Server {
  /// Parses `host:port`, the port left out or empty where it is the scheme's own.
  init?(_ scheme: WebAddress.Scheme, _ text: Substring.UTF8View) {
    let name: Substring.UTF8View
    var rest: Substring.UTF8View
    if text.first == UInt8(ascii: "[") {
      guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
      name = text[..<end].dropFirst()
      rest = text[end...].dropFirst()
      guard name.allSatisfy({ Self.isOfNumber($0) }), name.contains(UInt8(ascii: ":")) else { return nil }
    } else {
      name = text.prefix { $0 != UInt8(ascii: ":") }
      rest = text[name.endIndex...]
      guard name.allSatisfy({ Self.isOfName($0) }) else { return nil }
    }
    guard !name.isEmpty else { return nil }
    var port = scheme.port
    if !rest.isEmpty {
      guard rest.removeFirst() == UInt8(ascii: ":"), rest.allSatisfy(Self.isDigit) else { return nil }
      if !rest.isEmpty {
        guard let number = UInt16(Substring(rest)) else { return nil }
        port = number
      }
    }
    self.init(scheme: scheme, host: String(Substring(name)).lowercased(), port: port)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
      || byte == UInt8(ascii: ":")
      || byte == UInt8(ascii: ".")
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || "-._~".utf8.contains(byte)
  }
}

extension WebAddress: CustomStringConvertible {
  /// The address, its query included: it may have been signed, and is not to be shown.
  public var text: String { "\(server.scheme)://\(server.authority)\(target)" }

  /// The address without its query.
  public var description: String {
    "\(server.scheme)://\(server.authority)"
      + String(Substring(target.utf8.prefix { $0 != UInt8(ascii: "?") }))
  }
}
