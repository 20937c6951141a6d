import NixModel

extension GateFinding {
  /// The finding as a sentence: the fact, its run if that is not the target's own, and the next step.
  func sentence(of run: RunID?) -> String {
    let show = run.map { "`warmth audit show \($0)`" } ?? "`warmth audit show`"
    switch self {
    case .warm: return "The latest run proved it warm."
    case .cold: return "The latest run found it cold; \(show) says why."
    case .inconclusive: return "The latest run proved nothing either way; \(show) says why."
    case .interrupted: return "The latest run was cut off before its verdict; prove it again."
    case .running: return "A run is under way; ask again when it has ended."
    case .noRun: return "No run is about it; `warmth prove` makes one."
    case .unsupported(let gap):
      return
        "The latest run's verdict is warm, but \(gap.clause); this record proves nothing, prove it again."

    case .severalMeanings(let subjects):
      return
        "Runs of that name are about \(Words.count(subjects.count, "thing")): \(Words.list(subjects.map(\.phrase))). Name one whole, bind source: or systems: in the policy, or ask for an installable without --target."
    case .notEvaluated(let error): return "It could not be evaluated: \(Words.line(error))"
    case .ofSource(let source): return "It is of \(Words.line(source))."
    case .otherSource(let source, let others):
      return
        "What is recorded is of \(Words.list(others.map(\.phrase))), and not of \(Words.line(source)); prove that."
    case .onSystem(let system): return "It is for \(Words.line(system))."
    case .otherSystem(let systems, let others):
      return
        "What is recorded is of \(Words.list(others.map(\.phrase))), and not for \(Words.list(systems.map(Words.line))); prove it there."

    case .recent(let age, let limit):
      return "It ended \(Quantity.age(seconds: age)); \(Quantity.duration(seconds: limit)) is allowed."
    case .tooOld(_, let limit):
      return "The latest run is older than \(Quantity.duration(seconds: limit)); prove it again."
    case .fromTheFuture:
      return "The latest run took place in the future: a clock is wrong, so its age is not known."
    case .ageless: return "It has no end to be measured from."

    case .fromAccepted(let paths):
      return "\(Words.count(paths, "path")) came, each from an accepted cache."
    case .fromElsewhere(let path, let cache, let others):
      return
        "\(path)\(more(others)) came from \(Words.line(cache)), which is not accepted; prove it with --expect-from, or accept that cache."
    case .originUnknown(let path, let others):
      return "The log does not tell where \(path)\(more(others)) came from."
    case .vouchedFor(let paths):
      return "\(Words.count(paths, "path")) came, each vouched for by a trusted key or its own content."
    case .notVouchedFor(let path, let signers, let others):
      let named =
        signers.isEmpty ? "it has no signature" : "its signatures name \(Words.list(signers.map(Words.line)))"
      return
        "No trusted key vouches for \(path)\(more(others)): \(named); sign it with a trusted key, or trust that one."
    case .notRegistered(let path, let others):
      return "No signatures are recorded of \(path)\(more(others))."
    case .nothingCopied: return "No copied path is recorded, so there is nothing to judge."

    case .nothingBuilt: return "Nothing was built."
    case .builtAsAllowed(let count):
      return "\(Words.count(count, "derivation was", "derivations were")) built in the run, as allowed."
    case .builtWithoutLeave(let derivation, let others):
      return
        "\(derivation.derivationName)\(more(others)) was built, which is not allowed; warm the cache, or allow it with allow-build."
    case .logIncomplete: return "Nix's log is not recorded in full, so a build may be missing in it."
    case .buildUnseen(let path): return "\(path) was built, and the log tells of no build; \(show) has both."

    case .fresh: return "Nothing that it needed was in the store before."
    case .notFresh(let path, let others):
      return "\(path)\(more(others)) was in the store before; prove it on a fresh runner, or with --isolated."
    case .freshnessUnknown: return "It is not recorded what was in the store before; prove it again."

    case .signed(let name): return "\(Words.line(name)) signed it."
    case .unsigned:
      return "No trusted collector signed it, so it may be anybody's word; record it with a signing key."
    case .signedByOthers(let names):
      return "It is signed by \(Words.list(names.map(Words.line))), and by no trusted collector."

    case .enoughRunners(let runs):
      return "\(Words.count(runs.count, "distinct runner")) proved it: \(Words.list(runs.map(Self.place)))."
    case .tooFewRunners(let runs, let needed, let end):
      let count =
        runs.isEmpty ? "No runner's proof counts" : "Only \(Words.list(runs.map(Self.place))) proved it"
      return "\(count), where \(needed) distinct runners are needed; \(end.clause)."
    }
  }

  private func more(_ others: Int) -> String { others == 0 ? "" : " (and \(others) more)" }

  /// `pod-a in run …`.
  private static func place(_ run: RecordedRun) -> String {
    "\(Words.line(run.runner.pod ?? run.runner.host)) in run \(run.id)"
  }
}

extension GateSubject {
  /// `github:NixOS/nixpkgs/nixos-unstable#libguestfs for x86_64-linux`.
  var phrase: String { Words.line(system.map { "\(name) for \($0)" } ?? name) }
}

extension GateFinding.Gap {
  fileprivate var clause: String {
    switch self {
    case .nixDidNotEnd: "Nix did not end by itself"
    case .couldWrite: "the runner could write to a cache"
    case .logIncomplete: "not all of Nix's log could be read"
    case .reasons(let count): "\(Words.count(count, "reason speaks", "reasons speak")) against it"
    case .notBrought(let path, let outcome): "\(path) was \(outcome.phrase)"
    case .noOutputs: "no output of it is recorded"
    }
  }
}

extension Outcome {
  fileprivate var phrase: String {
    switch self {
    case .substituted: "substituted"
    case .builtLocally, .builtRemotely: "built"
    case .presentBefore: "there before"
    case .addedByEvaluation: "added by evaluation"
    case .notRealized: "not realized"
    case .failed: "tried, and failed"
    }
  }
}

extension RunnerTally.End {
  fileprivate var clause: String {
    switch self {
    case .noEarlierRun: "no other runner's run counts"
    case .notWarm(let run): "run \(run) is not warm, and nothing before it counts"
    case .outOfAge(let run): "run \(run) is out of age, and nothing before it counts"
    }
  }
}

extension GateFinding.Standing {
  /// For a person.
  var word: String {
    switch self {
    case .met: "met"
    case .notMet: "not met"
    case .unknown: "unknown"
    }
  }

  var role: Style.Role {
    switch self {
    case .met: .good
    case .notMet: .bad
    case .unknown: .doubtful
    }
  }
}

extension Answer {
  var role: Style.Role {
    switch self {
    case .yes: .good
    case .no: .bad
    case .unknown: .doubtful
    }
  }
}

extension GateAnswer.Target {
  /// The finding of the first rule that stands in the way; of an unknown answer, of one that is unknown.
  var obstacle: GateFinding? {
    let unknown = findings.first { $0.standing == .unknown }
    return answer == .unknown ? unknown : findings.first { $0.standing == .notMet } ?? unknown
  }

  /// The sentence that matters most: of that rule, and of the proof where none stands in the way.
  var sentence: String {
    (obstacle ?? findings.first).map { $0.sentence(of: run?.id) } ?? ""
  }
}
