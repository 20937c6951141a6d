package import Foundation
package import NixModel

extension Conclusion {
  package func entries() throws -> [Entry] {
    let end = ProofEnd(
      finished: finished, verdict: judgment.verdict, closure: judgment.closure, memoryPeak: memoryPeak)
    return Entry.entries(.verdicts, try judgment.targets.map { try $0.item() })
      + Entry.entries(.conclusion, [end.item])
  }
}

/// The last entry of a proof.
package struct ProofEnd {
  package let finished: Date
  package let verdict: Verdict
  package let closure: ClosureSummary
  package let memoryPeak: UInt64?

  package var item: JSON {
    .item { item in
      item.add("finished", Instant.text(finished))
      item.add("verdict", verdict.rawValue)
      item.add("paths", closure.paths)
      item.add("substituted", closure.substituted)
      item.add("builtLocally", closure.builtLocally)
      item.add("builtRemotely", closure.builtRemotely)
      item.add("presentBefore", closure.presentBefore)
      item.add("addedByEvaluation", closure.addedByEvaluation)
      item.add("downloadBytes", closure.downloadBytes)
      item.add("memoryPeak", memoryPeak)
    }
  }
}

extension ProofEnd {
  package init(_ item: Item) throws {
    var closure = ClosureSummary()
    closure.paths = try item.number("paths")
    closure.substituted = try item.number("substituted")
    closure.builtLocally = try item.number("builtLocally")
    closure.builtRemotely = try item.number("builtRemotely")
    closure.presentBefore = try item.number("presentBefore")
    closure.addedByEvaluation = try item.number("addedByEvaluation")
    closure.downloadBytes = try item.number("downloadBytes")
    self.init(
      finished: try item.instant("finished"), verdict: try item.word("verdict"), closure: closure,
      memoryPeak: try item.number(ifAny: "memoryPeak"))
  }
}

extension TargetJudgment {
  package func item() throws -> JSON {
    try .item { item in
      try item.add(installable)
      item.add("verdict", ruling.verdict.rawValue)
      item.add("derivation", derivation)
      item.add(
        "outputs",
        items: outputs.map { output in
          .item {
            $0.add("name", output.name)
            $0.add("path", output.path)
            $0.add(output.outcome)
            $0.add("narSize", output.narSize)
            $0.add("signedBy", texts: output.signedBy)
          }
        })
      item.add(
        "found",
        items: found.map { path in
          .item {
            $0.add("path", path.path)
            $0.add("kind", path.kind.rawValue)
          }
        })
      item.add(
        "reasons",
        items: try ruling.reasons.map { reason in
          try .item {
            $0.add("code", reason.code.rawValue)
            $0.add("bearing", reason.bearing.rawValue)
            $0.add("path", reason.path)
            $0.add("fact", try JSON(encoding: reason.fact))
          }
        })
    }
  }
}

extension Item {
  fileprivate func judgment() throws -> TargetJudgment {
    let reasons = try items("reasons").map { item in
      let fact = try item.decoded("fact", Reason.Fact.self)
      guard fact.code.rawValue == (try item.text("code")) else {
        throw JSON.Flaw(words: "its reason '\(try item.text("code").excerpt)' is not what its fact says")
      }
      return Reason(fact, try item.word("bearing"))
    }
    let verdict: Verdict = try word("verdict")
    guard let ruling = Ruling(verdict, reasons: reasons) else {
      throw JSON.Flaw(
        words:
          "its target \(try text("installable").excerpt) is '\(verdict.rawValue)' with \(reasons.count) reasons"
      )
    }
    return TargetJudgment(
      installable: try installable(), derivation: try path(ifAny: "derivation"), ruling: ruling,
      outputs: try outputJudgments(),
      found: try items("found").map { FoundPath(try $0.path("path"), try $0.word("kind")) })
  }

  /// The outcomes of a judged target's outputs.
  package func outputJudgments() throws -> [OutputJudgment] {
    try items("outputs").map { output in
      OutputJudgment(
        name: try output.text("name"), path: try output.path("path"), outcome: try output.outcome(),
        narSize: try output.number(ifAny: "narSize"), signedBy: try output.texts("signedBy"))
    }
  }
}

extension Contents {
  /// The end of a proof; `nil` where it has none.
  package func conclusion() throws -> Conclusion? {
    guard let own = try item(ifAny: .conclusion) else { return nil }
    let end = try ProofEnd(own)
    let judgment = Judgment(targets: try judgments(), closure: end.closure)
    try own.require(judgment.verdict)
    return Conclusion(finished: end.finished, judgment: judgment, memoryPeak: end.memoryPeak)
  }

  func judgments() throws -> [TargetJudgment] { try items(.verdicts).map { try $0.judgment() } }
}

extension Item {
  /// Requires that the run's recorded verdict equals `sum`, the one that its targets amount to.
  package func require(_ sum: Verdict) throws {
    let said = try text("verdict")
    guard said == sum.rawValue else {
      throw JSON.Flaw(
        words: "its verdict is '\(said.excerpt)', and its targets amount to '\(sum.rawValue)'")
    }
  }
}
