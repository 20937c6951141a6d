public import NixModel

/// `gate --json`: the answer and its grounds.
public struct GateDocument: Document {
  private let schema = "warmth/gate/v1"
  private let answer: Answer
  private let targets: [Target]

  /// The document of `answer`.
  public init(_ answer: GateAnswer) {
    self.answer = answer.answer
    targets = answer.targets.map(Target.init)
  }

  private struct Target: Encodable {
    let target: String
    @OrNull var installable: String?
    @OrNull var system: String?
    let outputs: [String]
    let answer: Answer
    @OrNull var verdict: Verdict?
    @OrNull var run: String?
    @OrNull var age: Int?
    let sentence: String
    let rules: [Rule]
    /// The subjects of the recorded runs, where they do not answer the question.
    let alternatives: [Subject]

    enum CodingKeys: String, CodingKey {
      case target, installable, system, outputs, answer, verdict, run, sentence, rules, alternatives
      case age = "age_seconds"
    }

    init(_ target: GateAnswer.Target) {
      self.target = Words.line(target.target)
      installable = target.subject.map { Words.line($0.name) }
      system = target.subject?.system.map(Words.line)
      outputs = target.outputs.map(\.description)
      answer = target.answer
      verdict = target.verdict
      run = target.run?.id.text
      age = target.age
      sentence = target.sentence
      rules = target.findings.map { Rule($0, of: target.run?.id) }
      alternatives = target.findings.flatMap(\.alternatives).map(Subject.init)
    }
  }

  private struct Subject: Encodable {
    let installable: String
    @OrNull var system: String?

    init(_ subject: GateSubject) {
      installable = Words.line(subject.name)
      system = subject.system.map(Words.line)
    }
  }

  private struct Rule: Encodable {
    let name: GateRuleName
    let standing: GateFinding.Standing
    let sentence: String
    @OrNull var run: String?
    /// Every run that the rule rests on, the latest first.
    let runs: [String]

    init(_ finding: GateFinding, of run: RunID?) {
      name = finding.rule
      standing = finding.standing
      sentence = finding.sentence(of: run)
      self.run = run?.text
      runs = finding.counted?.map(\.id.text) ?? [run?.text].compactMap { $0 }
    }
  }
}
