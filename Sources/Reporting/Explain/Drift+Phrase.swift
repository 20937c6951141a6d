package import NixModel

// The one place that words a difference between derivations.
extension Drift.Difference {
  /// The stable word for its kind.
  var word: String {
    switch self {
    case .name: "version"
    case .system: "system"
    case .fixedHash: "source-hash"
    case .sources: "sources"
    case .inputs: "inputs"
    case .variables: "variables"
    case .unknown: "unknown"
    }
  }

  /// `version 1.54.0 became 1.54.1`.
  var phrase: String {
    switch self {
    case .name(let old, let new): "\(old) became \(new)"
    case .system(let old, let new): "for \(new) instead of \(old)"
    case .fixedHash(let old, let new): "the hash of its source changed from \(old) to \(new)"
    case .sources(let changed, let added, let removed):
      "its sources: "
        + Words.list(
          changed.map { "\($0) changed" } + added.map { "\($0) is new" } + removed.map { "\($0) is gone" })
    case .inputs(let added, let removed):
      "what it is built from: "
        + Words.list(added.map { "\($0) is new" } + removed.map { "\($0) is gone" })
    case .variables(let names):
      "\(Words.list(Array(names.prefix(5))))\(names.count > 5 ? " and \(names.count - 5) more" : "") changed in its builder's environment"
    case .unknown: "one of the two was not recorded, so no more is known"
    }
  }
}

extension Drift.Change {
  /// `libguestfs-1.54.1 < qemu-10.0.2: its sources: fix.patch changed`.
  package var phrase: String {
    "\(chain.joined(separator: " > ")): \(differences.map(\.phrase).joined(separator: "; "))"
  }
}

extension ExplainedRun.Comparison {
  /// The result of the comparison, in a sentence.
  package var sentence: String {
    guard drift.isNone else {
      let own = drift.changes.count
      return
        "\(installable) is another derivation than in run \(run), where it was \(standing.before): its inputs changed "
        + "(\(Words.count(drift.differing, "derivation")) differ\(drift.differing == 1 ? "s" : ""), \(own) by "
        + "\(own == 1 ? "itself" : "themselves")).\(standing.advice)"
    }
    let same = "\(installable) is the very derivation that was \(standing.before) in run \(run)"
    switch standing {
    case .warmInBoth: return "\(same), and it is warm here, too."
    case .becameWarm: return "\(same); it is warm here."
    case .neverWarm: return "\(same): its inputs did not change."
    case .unreached:
      return "\(same). This run ended before it came to it, so nothing tells what became of it."
    case .lost(let caches):
      return
        "\(same): its inputs did not change, so the cache has lost it: it came from \(Words.list(caches.map(Words.line))), where it, or something that it refers to, is no more."
    case .brokeOtherwise:
      return "\(same): its inputs did not change, and no cache is known to have lost it."
    }
  }
}

extension TargetStanding {
  /// The verdict of the earlier run.
  fileprivate var before: String {
    switch self {
    case .becameWarm(let verdict), .neverWarm(let verdict): verdict.rawValue
    case .warmInBoth, .unreached, .lost, .brokeOtherwise: Verdict.warm.rawValue
    }
  }

  /// The advice for another derivation that is not warm.
  fileprivate var advice: String {
    switch self {
    case .warmInBoth, .becameWarm: " It is warm all the same."
    case .unreached: " This run ended before it came to it."
    case .neverWarm, .lost, .brokeOtherwise: " A prewarm of these inputs makes it warm."
    }
  }

  /// The stable word for it.
  var word: String {
    switch self {
    case .warmInBoth: "warm-in-both"
    case .becameWarm: "became-warm"
    case .neverWarm: "never-warm"
    case .unreached: "unreached"
    case .lost: "lost"
    case .brokeOtherwise: "broke-otherwise"
    }
  }
}
