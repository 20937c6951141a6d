import NixModel
import TestSupport

@testable import Substituters

/// A closure of one path that refers to many, served over HTTP.
struct Wide {
  let key = LabKey("lab-1")
  let top: StorePath
  let leaves: [StorePath]
  let texts: [String: String]

  init(leaves count: Int) throws {
    leaves = try (0..<count).map { try Make.path("leaf-\($0)") }
    top = try Make.path("top-1.0")
    var texts = ["/nix-cache-info": "StoreDir: /nix/store\n"]
    for leaf in leaves { texts["/\(leaf.hashPart).narinfo"] = try Make.narinfoText(leaf, signedBy: [key]) }
    texts["/\(top.hashPart).narinfo"] = try Make.narinfoText(top, references: leaves, signedBy: [key])
    self.texts = texts
  }

  func answer(to request: StubCache.Request) -> StubCache.Answer {
    texts[request.path].map { .text($0) } ?? .notFound
  }

  func survey(
    _ cache: StubCache, through transport: HTTPTransport = HTTPTransport(), at address: String? = nil,
    decoding: NixDecoding? = nil
  ) async throws -> Forecast {
    try await survey(of: [top], at: address ?? cache.url, through: transport, decoding: decoding)
  }

  func survey(
    of roots: [StorePath], at address: String, through transport: HTTPTransport = HTTPTransport(),
    decoding: NixDecoding? = nil
  ) async throws -> Forecast {
    let survey = try await answers(
      of: roots, at: address, SurveyExtent(isRecursive: true, archives: .none), through: transport,
      decoding: decoding)
    return Forecast(of: roots, from: survey, under: Policy())
  }

  func answers(_ cache: StubCache, _ extent: SurveyExtent = .proof) async throws -> Survey {
    try await answers(of: [top], at: cache.url, extent, through: HTTPTransport(), decoding: nil)
  }

  private func answers(
    of roots: [StorePath], at address: String, _ extent: SurveyExtent, through transport: HTTPTransport,
    decoding: NixDecoding?
  ) async throws -> Survey {
    let surveyor = Surveyor(
      substituters: [try SubstituterURL(parsing: address)], keys: TrustedKeys([try key.trusted()]),
      decoding: { decoding }
    ) { transport.exchange(with: $0) }
    let survey = await surveyor.survey(roots, extent)
    await transport.shutdown()
    return survey
  }
}
