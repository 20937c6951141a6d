import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
public import NixModel

extension HTTPTransport {
  /// Asks an Attic server whether `token` may push to `cache`, by a request that changes nothing.
  ///
  /// `POST /_api/v1/get-missing-paths` asks which of a list of paths a cache lacks, and needs the right to
  /// push; the list is empty. Source: Attic, `server/src/api/v1/get_missing_paths.rs`, `server/src/error.rs`:
  /// 200 may push; 403 has some other right; 401 has none. A token that the server cannot verify is ignored
  /// rather than refused, and so has none.
  public func mayPush(
    to cache: String, at endpoint: String, with token: String
  ) async -> MeansOfWriting.Probe.Answer {
    struct Question: Encodable {
      let cache: String
      let store_path_hashes: [String]  // swift-format-ignore: AlwaysUseLowerCamelCase
    }
    do {
      var request = HTTPClientRequest(url: "\(endpoint)/_api/v1/get-missing-paths")
      request.method = .POST
      request.headers.add(name: "User-Agent", value: "warmth")
      request.headers.add(name: "Authorization", value: "Bearer \(token)")
      request.headers.add(name: "Content-Type", value: "application/json")
      let question = try JSONEncoder().encode(Question(cache: cache, store_path_hashes: []))
      request.body = .bytes(ByteBuffer(bytes: question))
      return try await Self.answer(to: request, through: client, within: .seconds(10)) { response in
        switch response.status.code {
        case 200:
          // Anything can answer 200; only Attic answers with the list that was asked for.
          let body = try await response.body.collect(upTo: 1 << 16)
          return Self.isAnswer(Data(body.readableBytesView))
            ? .mayPush : .unanswered("it is no Attic server: its answer is not Attic's")
        case 401, 403: return .mayNotPush(status: Int(response.status.code))
        case 404: return .unanswered("there is no such cache, or no Attic server (HTTP 404)")
        case let code: return .unanswered("HTTP \(code)")
        }
      }
    } catch {
      return .unanswered(Self.cause(of: error))
    }
  }

  private static func isAnswer(_ body: Data) -> Bool {
    struct Missing: Decodable {
      let missing_paths: [String]  // swift-format-ignore: AlwaysUseLowerCamelCase
    }
    return (try? JSONDecoder().decode(Missing.self, from: body)) != nil
  }
}
