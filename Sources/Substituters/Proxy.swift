import Foundation
import NixModel

/// A server that sends our requests on to others.
struct Proxy: Hashable, Sendable {
  /// How it is spoken to.
  enum Kind: Hashable, Sendable {
    /// As a web server, in the clear.
    case http
    /// By the protocol SOCKS 5.
    case socks
    /// In a way that we do not know.
    case other(String)
  }

  let kind: Kind
  let host: String
  let port: UInt16
  /// The credentials that it asks for.
  let credentials: HTTPTransport.Credentials?

  /// Parses the value of a variable, as curl does: `[SCHEME://][USER[:PASSWORD]@]HOST[:PORT]`. `nil` where it is empty.
  init?(parsing text: String) {
    guard !text.isEmpty else { return nil }
    let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
    let isAddress = colon.map { text.utf8[$0...].starts(with: "://".utf8) } ?? false
    let scheme = isAddress ? String(Substring(text.utf8[..<(colon ?? text.endIndex)])).lowercased() : "http"
    let rest = isAddress ? text.utf8.dropFirst(scheme.utf8.count + "://".utf8.count) : text.utf8[...]
    let authority = rest.prefix { !"/?#".utf8.contains($0) }
    let at = authority.lastIndex(of: UInt8(ascii: "@"))
    let place = at.map { authority[$0...].dropFirst() } ?? authority
    switch scheme {
    case "http": kind = .http
    case "socks5", "socks5h": kind = .socks
    default: kind = .other(scheme)
    }
    // Curl's own choice where none is named.
    let hasPort = place.last != UInt8(ascii: "]") && place.contains(UInt8(ascii: ":"))
    guard
      let server = WebAddress(parsing: "http://\(Substring(place))\(hasPort ? "" : ":1080")")?.server
    else {
      (host, port, credentials) = ("", 0, nil)
      return
    }
    (host, port) = (server.host, server.port)
    credentials = at.map { at in
      let pair = Substring(authority[..<at]).split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false
      )
      .map { String($0).removingPercentEncoding ?? String($0) }
      return HTTPTransport.Credentials(user: pair.first ?? "", password: pair.count > 1 ? pair[1] : "")
    }
  }

  /// Why it cannot be used; `nil` where it can.
  var hindrance: String? {
    switch kind {
    case .other(let scheme):
      "it would be asked through a proxy by \(scheme), and warmth knows none but http and socks5"
    case .http where host.isEmpty, .socks where host.isEmpty:
      "it would be asked through a proxy whose address is none"
    case .socks where credentials != nil: "it would be asked through a proxy by socks5 that wants a password"
    case .http, .socks: nil
    }
  }
}

/// The proxies that the environment names, by the rules of curl, which are Nix's.
///
/// `http_proxy` counts in small letters alone, because a web server puts a request's header `Proxy` into `HTTP_PROXY`. Source: curl, `lib/url.c` (`detect_proxy`) and `lib/noproxy.c`; tried with Nix 2.8, 2.26 and 2.34.
public struct Proxies: Sendable {
  private let http: Proxy?
  private let https: Proxy?
  private let exceptions: [String]

  /// No proxy for anything.
  public static let none = Proxies(environment: [:])

  /// The proxies of an environment.
  public init(environment: [String: String]) {
    func first(_ names: String...) -> String? {
      names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    let all = first("all_proxy", "ALL_PROXY")
    http = (first("http_proxy") ?? all).flatMap { Proxy(parsing: $0) }
    https = (first("https_proxy", "HTTPS_PROXY") ?? all).flatMap { Proxy(parsing: $0) }
    exceptions = (first("no_proxy", "NO_PROXY") ?? "").split { $0 == "," || $0 == " " || $0 == "\t" }
      .map { $0.lowercased() }
  }

  /// The proxy for `server`, if it has one.
  func proxy(for server: WebAddress.Server) -> Proxy? {
    guard let proxy = server.scheme == .http ? http : https else { return nil }
    return exceptions.contains { Self.covers($0, server.host) } ? nil : proxy
  }

  private static func covers(_ exception: String, _ host: String) -> Bool {
    if exception == "*" { return true }
    let bare =
      exception.hasPrefix("[") && exception.hasSuffix("]")
      ? String(exception.dropFirst().dropLast()) : exception
    if let number = IPAddress(host) {
      let parts = bare.split(separator: "/", omittingEmptySubsequences: false)
      guard let network = parts.first.flatMap({ IPAddress(String($0)) }),
        network.bytes.count == number.bytes.count
      else { return false }
      guard parts.count == 2 else { return parts.count == 1 && network == number }
      return Int(parts[1]).map { number.shares($0, with: network) } ?? false
    }
    let name = trimmed(bare.hasPrefix(".") ? String(bare.dropFirst()) : bare)
    let host = trimmed(host)
    return !name.isEmpty && (host == name || host.hasSuffix(".\(name)"))
  }

  /// A name may end with the dot of the root.
  private static func trimmed(_ name: String) -> String {
    name.hasSuffix(".") ? String(name.dropLast()) : name
  }
}

/// A number of a host, of either version of IP.
private struct IPAddress: Equatable {
  let bytes: [UInt8]

  init?(_ text: String) {
    var number = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &number) == 1 {
      bytes = Array(number.prefix(4))
    } else if inet_pton(AF_INET6, text, &number) == 1 {
      bytes = number
    } else {
      return nil
    }
  }

  /// Whether the first `count` bits are those of `other`.
  func shares(_ count: Int, with other: IPAddress) -> Bool {
    guard (0...bytes.count * 8).contains(count) else { return false }
    return zip(bytes, other.bytes).enumerated().allSatisfy { index, pair in
      let wanted = min(8, max(0, count - index * 8))
      return (pair.0 ^ pair.1) >> UInt8(8 - wanted) == 0
    }
  }
}
