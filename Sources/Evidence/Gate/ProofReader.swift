package import NixModel

/// Reads one run's record about one topic.
package struct ProofReader {
  private let topic: GateTopic
  /// The run's entries of some kinds. Few are read, because a gate asks many runs.
  private let contents: ([EntryKind]) throws -> Contents

  package init(about topic: GateTopic, reading contents: @escaping ([EntryKind]) throws -> Contents) {
    self.topic = topic
    self.contents = contents
  }

  package func proof(for policy: GatePolicy) throws -> RecordedProof {
    let contents = try self.contents([.asked, .environment, .targets, .log, .verdicts, .conclusion])
    let records: Set<String> =
      switch topic {
      case .subject(let subject): [subject.record]
      case .outputs:
        Set(
          try contents.items(.targets).map { try GateTarget($0, isEvaluated: true) }
            .filter { $0.isIt(topic) }.map(\.record))
      }
    let verdicts = try contents.items(.verdicts)
    try contents.item(.conclusion).require(Verdict(together: verdicts.map { try $0.word("verdict") }))
    let isOfTopic = try verdicts.map {
      records.contains(try $0.spec())
    }
    var proof = RecordedProof(outputs: [:], exitCode: nil)
    for (verdict, isOfTopic) in zip(verdicts, isOfTopic) where isOfTopic {
      for output in try verdict.outputJudgments() where proof.outputs[output.path] == nil {
        proof.outputs[output.path] = output.outcome
      }
      proof.reasons += try verdict.list("reasons").count
    }
    let terms = try contents.policy()
    proof.mode = terms.builds
    proof.couldWrite =
      try contents.environment()?.meansOfWriting.contains { $0.standing(under: terms) == .decides } ?? false
    if let log = try contents.item(ifAny: .log) {
      proof.unreadable = try log.number(ifAny: "unreadable") ?? 0
      if try log.text("ending") == "exited" { proof.exitCode = try log.number("code") }
    }
    if let builds = policy.builds {
      proof.builds = try self.builds(allowedBy: builds, verdicts, isOfTopic)
    }
    if policy.needsFreshStore { proof.presentBefore = try presentBefore() }
    if policy.asksForPaths { proof.paths = try paths(of: proof) }
    return proof
  }

  /// The builds of the log, on this machine or another. If one of them is not allowed, builds that bear on
  /// other targets alone are left out.
  private func builds(
    allowedBy policy: Policy, _ verdicts: [Item], _ isOfTopic: [Bool]
  ) throws -> [StorePath] {
    let builds = try self.contents([.events]).eventKinds().compactMap { event -> StorePath? in
      switch event {
      case .buildStarted(let derivation), .buildStartedRemotely(let derivation, _): derivation
      default: nil
      }
    }.unique
    guard isOfTopic.contains(false), !builds.allSatisfy(policy.allowsBuilding) else { return builds }
    // This is rare and slow: the derivations of each target tell whose build it was.
    let attribution = BuildAttribution(
      of: builds, on: try verdicts.map { try $0.path(ifAny: "derivation") },
      in: try self.contents([.derivations]).graph(alwaysSubstitutes: false))
    let own = isOfTopic.indices.filter { isOfTopic[$0] }
    return builds.filter { build in own.contains { attribution.bears(build, on: $0) } }
  }

  /// The paths that were in the store before the run began; `nil` where the store was not looked into then.
  private func presentBefore() throws -> [StorePath]? {
    let contents = try self.contents([.baseline, .presence])
    guard try contents.baseline() != nil else { return nil }
    switch try contents.presence() {
    case .notAsked, .unavailable: return []
    case .said(let presences): return presences.filter { $0.value.isOlder }.keys.sorted()
    }
  }

  /// The paths that the target needed. If its outputs were copied, that is their closure. Otherwise it is all
  /// that the run brought, because the inputs of a build cannot be told from its result.
  private func paths(of proof: RecordedProof) throws -> [RecordedPath] {
    let contents = try self.contents([.presence, .events, .log, .registrations, .outcomes])
    var registered: [StorePath: Registration] = [:]
    if case .said(let said) = try contents.registrations() { registered = said }
    var present: [StorePath: Presence] = [:]
    if case .said(let said) = try contents.presence() { present = said }
    let outcomes = try contents.outcomes()
    var copies: [StorePath: String] = [:]
    for event in try contents.log()?.events ?? [] {
      // The address of each path's last substitution.
      if case .copyStarted(let path, let from) = event.kind { copies[path] = from }
    }
    let isCopied = proof.outputs.values.allSatisfy {
      if case .substituted = $0 { true } else { false }
    }
    let needed =
      isCopied
      ? Set(ReferenceGraph(from: proof.outputs.keys) { registered[$0]?.references ?? [] }.paths)
      : Set(registered.keys).union(copies.keys)
    return needed.sorted().map { path in
      RecordedPath(
        path,
        wasPresent: registered[path] != nil && (present[path].map { $0.isValid || $0.isOnDisk } ?? false),
        wasBuilt: registered[path].map { $0.isUltimate || outcomes[path]?.isBuild == true } ?? false,
        copiedFrom: copies[path], registration: registered[path])
    }
  }
}

extension Outcome {
  fileprivate var isBuild: Bool {
    switch self {
    case .builtLocally, .builtRemotely: true
    case .substituted, .presentBefore, .addedByEvaluation, .notRealized, .failed: false
    }
  }
}
