public import NixModel

/// `gate --json`: the answer and its grounds.
public struct GateDocument: Document {
  private let value: Value

  /// The document of `answer`, and of how targets differ from their last proofs.
  public init(_ answer: GateAnswer, _ changes: [GateChange] = []) {
    value = .object([
      "schema": .text("warmth/gate/v1"), "answer": .text(answer.answer.rawValue),
      "targets": .list(answer.targets, targetColumns),
      "changes": .list(changes, changeColumns),
    ])
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

private let targetColumns: [Column<GateAnswer.Target>] = [
  .json("target") { .text($0.target) },
  .json("installable") { .text($0.subject?.name) },
  .json("system") { .text($0.subject?.system) },
  .json("outputs") { .texts($0.outputs.map(\.description)) },
  .json("answer") { .text($0.answer.rawValue) },
  .json("verdict") { .text($0.verdict?.rawValue) },
  .json("run") { .text($0.run?.id.text) },
  .json("ageSeconds") { .number($0.age) },
  .json("sentence") { .prose($0.sentence) },
  .json("rules") { target in .list(target.findings.map { .rule($0, of: target.run?.id) }) },
  // The subjects of the recorded runs, where they do not answer the question.
  .json("alternatives") { .list($0.findings.flatMap(\.alternatives), subjectColumns) },
]

private let changeColumns: [Column<GateChange>] = [
  .json("target") { .text($0.target.redacted.description) },
  .json("since") { .text($0.run.text) },
  .json("differing") { .number($0.drift.differing) },
  .json("changed") { .texts($0.drift.changes.map(\.phrase)) },
  .json("command") { .text($0.command) },
]

private let subjectColumns: [Column<GateSubject>] = [
  .json("installable") { .text($0.name) }, .json("system") { .text($0.system) },
]

extension Value {
  /// A finding, with every run that it rests on, the latest first.
  fileprivate static func rule(_ finding: GateFinding, of run: RunID?) -> Value {
    .object([
      "name": .text(finding.rule.rawValue), "standing": .text(finding.standing.rawValue),
      "sentence": .prose(finding.sentence(of: run)), "run": .text(run?.text),
      "runs": .texts(finding.counted?.map(\.id.text) ?? [run?.text].compactMap(\.self)),
    ])
  }
}
