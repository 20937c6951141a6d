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

  func survey(_ cache: StubCache, through transport: HTTPTransport = HTTPTransport()) async throws -> Forecast
  {
    let surveyor = Surveyor(
      substituters: [try SubstituterURL(parsing: cache.url)], keys: TrustedKeys([try key.trusted()])
    ) { transport.exchange(with: $0) }
    let survey = await surveyor.survey([top], SurveyExtent(isRecursive: true, archives: .none))
    await transport.shutdown()
    return Forecast(of: [top], from: survey, under: Policy())
  }
}
