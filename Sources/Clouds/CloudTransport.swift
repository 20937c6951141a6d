import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// How a provider's API is reached: one closure from request to response.
struct CloudTransport: Sendable {
  /// A request below the API's base.
  struct Request: Sendable {
    var method = "GET"
    /// The path, with its leading slash, and the query.
    let path: String
    var body: Data?
  }

  /// A response.
  struct Response: Sendable {
    let status: Int
    let body: Data
  }

  /// Why there is no response.
  enum Failure: Error, Hashable {
    /// The request did not go out.
    case notSent(String)
    /// The request may have arrived.
    case unanswered(String)
  }

  let send: @Sendable (Request) async throws(Failure) -> Response

  /// The most bytes of an answer.
  private static let longest = 16 << 20

  /// Over HTTP, with a key that goes into the header of each request and nowhere else.
  static func http(_ base: String, key: String, through client: HTTPClient) -> CloudTransport {
    CloudTransport { request throws(Failure) in
      var message = HTTPClientRequest(url: base + request.path)
      message.method = HTTPMethod(rawValue: request.method)
      message.headers.add(name: "Authorization", value: "Bearer \(key)")
      message.headers.add(name: "User-Agent", value: "warmth")
      if let body = request.body {
        message.headers.add(name: "Content-Type", value: "application/json")
        message.body = .bytes(ByteBuffer(bytes: body))
      }
      do {
        let response = try await client.execute(message, timeout: .seconds(60))
        return Response(
          status: Int(response.status.code),
          body: Data(try await response.body.collect(upTo: longest).readableBytesView))
      } catch {
        throw Self.failure(error)
      }
    }
  }

  /// Only errors of making the connection show that a request did not go out.
  private static func failure(_ error: any Error) -> Failure {
    switch error {
    case is NIOConnectionError: .notSent("no connection")
    case is NIOSSLError: .notSent("TLS failed: \(error)")
    case let error as HTTPClientError where error == .connectTimeout: .notSent("no connection in time")
    case let error as HTTPClientError where error == .invalidURL || error == .emptyHost: .notSent("\(error)")
    default: .unanswered("\(error)")
    }
  }

  /// A client for a provider. It is to be shut down.
  static func client() -> HTTPClient {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10), read: .seconds(60)))
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }
}
