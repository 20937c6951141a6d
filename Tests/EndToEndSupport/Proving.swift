import EvidenceStore
import Foundation
package import NixModel
import Reporting
import Subprocess
package import TestSupport
package import Testing

/// Proves attributes of `lab.nix`, or of another file, against `caches`, and checks exit code, verdict, reason codes,
/// and that the evidence store says the same.
@discardableResult
package func prove(
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
  let testimony = try store.testimony(of: run.start.id)
  let again = judge(testimony, under: run.start.policy)
  #expect(again == run.conclusion?.judgment, sourceLocation: sourceLocation)
  let shown = try RunFormat.json.render(run)
  #expect(shown == result.output, sourceLocation: sourceLocation)

  // Whatever came of it can be explained, and what is not warm has a first cause.
  let first = explain(testimony, again, under: run.start.policy).causes
  #expect(first.isEmpty == (verdict == .warm), sourceLocation: sourceLocation)
  if let causes {
    #expect(Set(first.map(\.reason.code)) == causes, "\(first)", sourceLocation: sourceLocation)
  }
  return document
}
