import AsyncHTTPClient
import Foundation
import NIOHTTP1
import NixModel

/// A request as it goes over the wire.
struct Message {
  private let url: String
  private let method: HTTPMethod
  private let headers: HTTPHeaders
  /// How much of the answer's content is wanted; `nil` for none.
  let limit: Int?

  init(_ request: Request, as credentials: HTTPTransport.Credentials?) {
    var headers = HTTPHeaders([("User-Agent", "warmth")])
    if let credentials {
      headers.add(name: "Authorization", value: credentials.basic)
    }
    switch request.method {
    case .content(let limit):
      self.limit = limit
      headers.add(name: "Accept-Encoding", value: "gzip, deflate")
    case .presence: limit = nil
    case .firstByte:
      limit = nil
      headers.add(name: "Range", value: "bytes=0-0")
    }
    url = request.url
    method = request.method == .presence ? .HEAD : .GET
    self.headers = headers
  }

  /// For the client library.
  func request() throws -> HTTPClient.Request {
    try HTTPClient.Request(url: url, method: method, headers: headers)
  }

  /// For a server in the clear; `nil` where the address needs spelling out, or leads elsewhere.
  func head(to origin: PlainOrigin) -> HTTPRequestHead? {
    let prefix = origin.text.utf8
    let target = url.utf8.dropFirst(prefix.count)
    guard url.utf8.starts(with: prefix), target.first == UInt8(ascii: "/"),
      target.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
    else { return nil }
    var headers = headers
    headers.add(name: "Host", value: origin.authority)
    return HTTPRequestHead(
      version: .http1_1, method: method, uri: String(Substring(target)), headers: headers)
  }
}

/// Where a server in the clear is.
struct PlainOrigin: Hashable, Sendable {
  /// Its name or number.
  let host: String
  /// Its port.
  let port: Int
  /// Both as the address has them.
  let authority: String

  /// `nil` for a cache that is not one, or whose name is a number of IP 6, which has a spelling of its own.
  init?(of cache: SubstituterURL) {
    guard cache.scheme == "http", let url = URL(string: cache.canonical), let host = url.host(),
      !host.utf8.contains(UInt8(ascii: ":"))
    else { return nil }
    let place = cache.canonical.utf8.dropFirst("http://".utf8.count)
    authority = String(Substring(place.prefix { $0 != UInt8(ascii: "/") }))
    port = url.port ?? 80
    self.host = host
  }

  /// What addresses of it begin with.
  var text: String { "http://\(authority)" }
}
