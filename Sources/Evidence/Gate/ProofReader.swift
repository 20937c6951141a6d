package import NixModel

/// Reads one finished run's record about one topic after another, each of its entries once.
package final class ProofReader {
  private let run: GateRun
  private let terms: Policy
  private let couldWrite: Bool
  private let unreadable: Int
  private let exitCode: Int?
  /// The verdicts of its targets, in their order, and the places of those of each record.
  private let verdicts: [Item]
  private let places: [String: [Int]]
  private var builds: [StorePath]?
  private var attribution: BuildAttribution?
  private var presentBefore: [StorePath]??
  private var paths: Paths?

  /// The run's entries of some kinds. Few are read, because a gate asks many runs.
  package typealias Reading = ([EntryKind]) throws -> Contents

  /// What is recorded of all paths.
  private struct Paths {
    var registered: [StorePath: Registration] = [:]
    var present: [StorePath: Presence] = [:]
    var outcomes: [StorePath: Outcome] = [:]
    /// The address of each path's last substitution.
    var copies: [StorePath: String] = [:]
  }

  /// - Throws: where its verdict contradicts those of its targets.
  package init(_ run: GateRun, reading: Reading) throws {
    self.run = run
    let contents = try reading([.asked, .environment, .log, .verdicts, .conclusion])
    verdicts = try contents.items(.verdicts)
    try contents.item(.conclusion).require(Verdict(together: verdicts.map { try $0.word("verdict") }))
    var places: [String: [Int]] = [:]
    for (place, verdict) in verdicts.enumerated() { places[try verdict.spec(), default: []].append(place) }
    self.places = places
    let terms = try contents.policy()
    self.terms = terms
    couldWrite =
      try contents.environment()?.meansOfWriting.contains { $0.standing(under: terms) == .decides } ?? false
    let log = try contents.item(ifAny: .log)
    unreadable = try log?.number(ifAny: "unreadable") ?? 0
    exitCode = try log.flatMap { try $0.text("ending") == "exited" ? try $0.number("code") : nil }
  }

  package func proof(of topic: GateTopic, for policy: GatePolicy, reading: Reading) throws -> RecordedProof {
    var proof = RecordedProof(
      outputs: [:], exitCode: exitCode, unreadable: unreadable, couldWrite: couldWrite, mode: terms.builds)
    let own = run.records(of: topic).flatMap { places[$0] ?? [] }.sorted()
    for place in own {
      for output in try verdicts[place].outputJudgments() where proof.outputs[output.path] == nil {
        proof.outputs[output.path] = output.outcome
      }
      proof.reasons += try verdicts[place].list("reasons").count
    }
    if let builds = policy.builds { proof.builds = try self.builds(allowedBy: builds, own, reading) }
    if policy.needsFreshStore { proof.presentBefore = try presentBefore(reading) }
    if policy.asksForPaths { proof.paths = try paths(of: proof, reading) }
    return proof
  }

  /// The builds of the log, on this machine or another. If one of them is not allowed, builds that bear on
  /// other targets alone are left out.
  private func builds(
    allowedBy policy: Policy, _ own: [Int], _ reading: Reading
  ) throws -> [StorePath] {
    let builds =
      try self.builds
      ?? reading([.events]).eventKinds().compactMap { event -> StorePath? in
        switch event {
        case .buildStarted(let derivation), .buildStartedRemotely(let derivation, _): derivation
        default: nil
        }
      }.unique
    self.builds = builds
    guard own.count < verdicts.count, !builds.allSatisfy(policy.allowsBuilding) else { return builds }
    // This is rare and slow: the derivations of each target tell whose build it was.
    let attribution =
      try self.attribution
      ?? BuildAttribution(
        of: builds, on: verdicts.map { try $0.path(ifAny: "derivation") },
        in: reading([.derivations]).graph(alwaysSubstitutes: false))
    self.attribution = attribution
    return builds.filter { build in own.contains { attribution.bears(build, on: $0) } }
  }

  /// The paths that were in the store before the run began; `nil` where the store was not looked into then.
  private func presentBefore(_ reading: Reading) throws -> [StorePath]? {
    if let presentBefore { return presentBefore }
    let contents = try reading([.baseline, .presence])
    let found: [StorePath]? =
      if try contents.baseline() == nil { nil } else {
        switch try contents.presence() {
        case .notAsked, .unavailable: []
        case .said(let presences): presences.filter { $0.value.isOlder }.keys.sorted()
        }
      }
    presentBefore = .some(found)
    return found
  }

  private func paths(_ reading: Reading) throws -> Paths {
    if let paths { return paths }
    let contents = try reading([.presence, .events, .log, .registrations, .outcomes])
    var found = Paths()
    if case .said(let said) = try contents.registrations() { found.registered = said }
    if case .said(let said) = try contents.presence() { found.present = said }
    found.outcomes = try contents.outcomes()
    for event in try contents.log()?.events ?? [] {
      if case .copyStarted(let path, let from) = event.kind { found.copies[path] = from }
    }
    paths = found
    return found
  }

  /// The paths that the target needed. If its outputs were copied, that is their closure. Otherwise it is all
  /// that the run brought, because the inputs of a build cannot be told from its result.
  private func paths(of proof: RecordedProof, _ reading: Reading) throws -> [RecordedPath] {
    let all = try paths(reading)
    let (registered, present) = (all.registered, all.present)
    let isCopied = proof.outputs.values.allSatisfy {
      if case .substituted = $0 { true } else { false }
    }
    let needed =
      isCopied
      ? Set(ReferenceGraph(from: proof.outputs.keys) { registered[$0]?.references ?? [] }.paths)
      : Set(registered.keys).union(all.copies.keys)
    return needed.sorted().map { path in
      RecordedPath(
        path,
        wasPresent: registered[path] != nil && (present[path].map { $0.isValid || $0.isOnDisk } ?? false),
        wasBuilt: registered[path].map { $0.isUltimate || all.outcomes[path]?.isBuild == true } ?? false,
        copiedFrom: all.copies[path], registration: registered[path])
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
