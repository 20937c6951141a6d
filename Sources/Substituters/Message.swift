import AsyncHTTPClient
import NIOHTTP1
import NixModel

/// A request as it goes over the wire.
struct Message {
  let address: WebAddress
  private let method: HTTPMethod
  private let headers: HTTPHeaders
  /// How many bytes of the answer's content are wanted; `nil` for none.
  let limit: Int?

  init(_ asking: Request.Method, _ address: WebAddress, as credentials: HTTPTransport.Credentials?) {
    var headers = HTTPHeaders([("User-Agent", "warmth")])
    if let credentials {
      headers.add(name: "Authorization", value: credentials.basic)
    }
    switch asking {
    case .content(let limit):
      self.limit = limit
      // Every Nix reads gzip, so a server that packs because of this field sends nothing that Nix could not read.
      headers.add(name: "Accept-Encoding", value: "gzip")
    case .presence, .beginning: limit = nil
    case .firstByte:
      limit = nil
      headers.add(name: "Range", value: "bytes=0-0")
    }
    self.address = address
    method = asking == .presence ? .HEAD : .GET
    self.headers = headers
  }

  /// For the client library.
  func request() throws -> HTTPClient.Request {
    try HTTPClient.Request(url: address.text, method: method, headers: headers)
  }

  /// For a server in the clear, or for a proxy that asks it (RFC 9112, 3.2.2).
  func head(through proxy: Proxy? = nil) -> HTTPRequestHead {
    var headers = headers
    headers.add(name: "Host", value: address.server.authority)
    if let credentials = proxy?.credentials {
      headers.add(name: "Proxy-Authorization", value: credentials.basic)
    }
    return HTTPRequestHead(
      version: .http1_1, method: method, uri: proxy == nil ? address.target : address.text, headers: headers)
  }
}
