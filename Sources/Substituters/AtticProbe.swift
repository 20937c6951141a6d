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
  /// 200 may push; 403 has some other right, as its own JSON says. A 401 says nothing: the server gives it for a cache
  /// that does not exist, and to a token that it cannot verify, which it ignores rather than refuses.
  public func mayPush(
    to cache: String, at endpoint: String, with token: String
  ) async -> MeansOfWriting.Probe.Answer {
    struct Question: Encodable {
      let cache: String
      let store_path_hashes: [String]  // swift-format-ignore: AlwaysUseLowerCamelCase
    }
    do {
      let question = try JSONEncoder().encode(Question(cache: cache, store_path_hashes: []))
      guard let (client, url) = client(for: "\(endpoint)/_api/v1/get-missing-paths") else {
        return .unanswered("its address cannot be asked")
      }
      let request = try HTTPClient.Request(
        url: url, method: .POST,
        headers: [
          "User-Agent": "warmth", "Authorization": "Bearer \(token)", "Content-Type": "application/json",
        ], body: .bytes(question))
      let response = try await Self.answer(
        to: request, through: client, ofAtMost: 1 << 16, within: .seconds(10), wantingRefusals: true)
      return switch response.status {
      // Anything can answer 200; only Attic answers with the list that was asked for.
      case 200:
        Self.isAnswer(Data(response.body))
          ? .mayPush : .unanswered("it is no Attic server: its answer is not Attic's")
      case 403:
        Self.isRefusal(Data(response.body))
          ? .mayNotPush(status: 403) : .unanswered("what refuses is not Attic itself (HTTP 403)")
      case 401: .unanswered("it does not say whether there is such a cache (HTTP 401)")
      case 404: .unanswered("there is no such cache, or no Attic server (HTTP 404)")
      case let status: .unanswered("HTTP \(status)")
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

  /// Whether it is Attic's own refusal, and not that of a proxy before it (Attic, `server/src/error.rs`).
  private static func isRefusal(_ body: Data) -> Bool {
    struct Refusal: Decodable {
      let code: Int
      let error: String
      let message: String
    }
    guard let refusal = try? JSONDecoder().decode(Refusal.self, from: body) else { return false }
    return refusal.code == 403 && refusal.error == "AccessError"
  }
}
