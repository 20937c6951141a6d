import EvidenceStore
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// Proves attributes of `lab.nix`, or of another file, against `caches`, and checks exit code, verdict, reason codes, and that
/// the evidence store says the same.
@discardableResult
func prove(
  _ attributes: [String], of file: String = "\(Lab.fixtures)/lab.nix", from caches: [StubCache],
  _ options: [String] = [], before: String = "true", environment: [String: String] = [:],
  configuration: String = "", nix: String? = nil,
  home: [String: String] = [:],
  gives expected: Verdict, or alternative: Verdict? = nil, _ codes: Set<ReasonCode>,
  because causes: Set<ReasonCode>? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws -> ProvedDocument {
  let lab = try await Lab.shared
  let trial = Trial(
    arguments: ["prove", "-f", file] + attributes
      + caches.flatMap { ["--substituter", $0.url] } + ["--trusted-public-key", lab.publicKey] + options,
    before: before, environment: environment, configuration: configuration, nix: nix, home: home)
  let result = try await trial.run(in: lab)
  let document = try #require(try? result.document(), "\(result.errors)", sourceLocation: sourceLocation)
  let verdict = alternative?.rawValue == document.verdict ? alternative ?? expected : expected
  let exits: [Verdict: Int32] = [.warm: 0, .cold: 1, .inconclusive: 2]
  #expect(result.exit == .exited(exits[verdict] ?? -1), "\(result.errors)", sourceLocation: sourceLocation)
  #expect(document.verdict == verdict.rawValue, "\(result.output)", sourceLocation: sourceLocation)
  let found = Set(document.targets.flatMap(\.reasons).compactMap { ReasonCode(rawValue: $0.code) })
  #expect(found == codes, "\(result.output)\(result.errors)", sourceLocation: sourceLocation)

  // What was recorded reads back as the very document that was printed.
  let store = try EvidenceStore(reading: result.evidence)
  let run = try #require(try store.run(RunID(document.run.id)), sourceLocation: sourceLocation)
  #expect(run.verdict == verdict, sourceLocation: sourceLocation)
  let recorded = Set((run.conclusion?.judgment.targets ?? []).flatMap(\.ruling.reasons).map(\.code))
  #expect(recorded == codes, sourceLocation: sourceLocation)
  let again = judge(try store.testimony(of: run.start.id), under: run.start.policy)
  #expect(again == run.conclusion?.judgment, sourceLocation: sourceLocation)
  let shown = try await Trial(
    arguments: ["audit", "show", document.run.id, "--json", "--evidence", result.evidence]
  ).run(in: lab)
  #expect(shown.output == result.output, sourceLocation: sourceLocation)

  // Whatever came of it can be explained, and what is not warm has a first cause.
  let explained = try await Trial(
    arguments: ["explain", document.run.id, "--json", "--evidence", result.evidence]
  ).run(in: lab)
  let explanation = try #require(
    try? JSONDecoder().decode(ExplainedDocument.self, from: Data(explained.output.utf8)),
    "\(explained.errors)", sourceLocation: sourceLocation)
  #expect(explanation.verdict == document.verdict, sourceLocation: sourceLocation)
  #expect(explanation.causes.isEmpty == (verdict == .warm), sourceLocation: sourceLocation)
  if let causes {
    #expect(
      Set(explanation.causes.map(\.code)) == Set(causes.map(\.rawValue)), "\(explained.output)",
      sourceLocation: sourceLocation)
  }
  return document
}

/// The document of `explain --json`, as its readers know it.
struct ExplainedDocument: Decodable, Sendable {
  struct Evidence: Decodable, Sendable {
    let kind: String
    let line: Int?
    let text: String
  }
  struct Consequence: Decodable, Sendable {
    let path: String
    let fate: String
  }
  struct Cause: Decodable, Sendable {
    let code: String
    let bearing: String
    let path: String?
    let message: String
    let evidence: [Evidence]
    let consequences: [Consequence]
    let targets: [String]
    let remedy: String
  }
  struct Comparison: Decodable, Sendable {
    struct Change: Decodable, Sendable { let chain: [String] }
    let installable: String
    let against: String
    let same: Bool
    let changes: [Change]
  }
  let schema: String
  let run: String
  let verdict: String
  let causes: [Cause]
  let comparisons: [Comparison]
}
