/// The testimony of every witness about one path, and the reasons why the path was needed.
public struct PathAccount: Hashable, Sendable {
  /// The path.
  public let path: StorePath
  /// The derivation that makes it, where it is known.
  public let derivation: StorePath?
  /// Its outcome.
  public let outcome: Outcome
  /// The testimony of the four witnesses, in their order.
  public let evidence: [Evidence]
  /// The trusted keys that vouch for it as it was registered.
  public let signedBy: [String]
  /// Why it was needed: from each target down to it.
  public let chains: [Chain]

  /// How a target leads to a path: each needs the next.
  public struct Chain: Hashable, Sendable {
    /// The target.
    public let target: Installable
    /// The paths from the target's output to the one in question; derivations where it is needed to build.
    public let paths: [StorePath]
  }
}

/// The testimony of every witness about `path`; `nil` where the run had nothing to do with it.
public func account(of path: StorePath, in testimony: Testimony, under policy: Policy) -> PathAccount? {
  let producers = testimony.graph.producers
  let derivation = path.isDerivation ? path : producers[path]
  let chains = testimony.targets.compactMap { chain(from: $0, to: path, derivation, in: testimony) }
  let events = testimony.log.events.filter { $0.isAbout(path, derivation) }
  let answers = testimony.survey.answers[path] ?? []
  guard !chains.isEmpty || !events.isEmpty || !answers.isEmpty else { return nil }

  var evidence: [Evidence] = []
  if let presence = testimony.before.value?[path] { evidence.append(.before(path: path, presence)) }
  evidence += answers.map { .answer($0, about: path) }
  evidence += events.map { .log($0) }
  if let after = testimony.after.value, !path.isDerivation {
    evidence.append(.after(path: path, after[path]))
  }
  let authority = testimony.after.value?[path]?.authority(
    of: path, trusting: testimony.environment.trustedKeys)
  return PathAccount(
    path: path, derivation: derivation == path ? nil : derivation,
    outcome: outcome(of: path, in: testimony, under: policy), evidence: evidence,
    signedBy: authority?.signers ?? [], chains: chains)
}

/// The shortest way from a target to a path: over references where offers tell them, and otherwise over the
/// inputs of derivations.
private func chain(
  from target: Target, to path: StorePath, _ derivation: StorePath?, in testimony: Testimony
) -> PathAccount.Chain? {
  let byReference = way(from: target.outputs.map(\.path), to: path) { here in
    (testimony.survey.answers[here] ?? []).compactMap(\.narinfo).first?.references
      ?? testimony.after.value?[here]?.references ?? []
  }
  let byBuild = derivation.flatMap { goal in
    target.derivation.flatMap { root in
      way(from: [root], to: goal) { here in
        (testimony.graph.derivations[here]?.inputDerivations.keys).map { $0.sorted() } ?? []
      }
    }
  }
  return (byReference ?? byBuild).map { PathAccount.Chain(target: target.installable, paths: $0) }
}

private func way(
  from starts: [StorePath], to goal: StorePath, _ next: (StorePath) -> [StorePath]
) -> [StorePath]? {
  var cameFrom: [StorePath: StorePath?] = [:]
  for start in starts { cameFrom[start] = .some(nil) }
  var open = starts
  var position = 0
  while position < open.count {
    let here = open[position]
    position += 1
    if here == goal {
      var way = [here]
      while let last = way.last, case let previous?? = cameFrom[last] { way.append(previous) }
      return way.reversed()
    }
    for path in next(here) where cameFrom[path] == nil {
      cameFrom[path] = .some(here)
      open.append(path)
    }
  }
  return nil
}

extension LogEvent {
  fileprivate func isAbout(_ path: StorePath, _ derivation: StorePath?) -> Bool {
    switch kind {
    case .copyStarted(path, _), .transferred(path, _, _): true
    case .buildStarted(let built), .buildStartedRemotely(let built, _), .postBuildHook(let built):
      built == derivation
    case .resolved(let from, let to): from == derivation || to == derivation
    case .complaint(let complaint): complaint.isAbout(path, derivation)
    case .copyStarted, .copyStopped, .transferred, .buildStopped, .progress, .builderSaid: false
    }
  }
}

extension Complaint {
  fileprivate func isAbout(_ path: StorePath, _ derivation: StorePath?) -> Bool {
    text.contains(path.hashPart) || derivation.map { text.contains($0.hashPart) } ?? false
  }
}
