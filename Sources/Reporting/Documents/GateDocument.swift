public import NixModel

/// `gate --json`: the answer, and what it rests on.
public struct GateDocument: Document {
  private let schema = "warmth/gate/v1"
  private let answer: GateAnswer.Answer
  private let targets: [Target]

  /// The document of `answer`.
  public init(_ answer: GateAnswer) {
    self.answer = answer.answer
    targets = answer.targets.map(Target.init)
  }

  private struct Target: Encodable {
    let target: String
    @OrNull var verdict: Verdict?
    @OrNull var run: String?
    @OrNull var age: Int?
    let sentence: String

    enum CodingKeys: String, CodingKey {
      case target, verdict, run, sentence
      case age = "age_seconds"
    }

    init(_ target: GateAnswer.Target) {
      self.target = Words.line(target.target)
      verdict = target.finding.verdict
      run = target.run?.text
      age = target.age
      sentence = target.sentence
    }
  }
}
