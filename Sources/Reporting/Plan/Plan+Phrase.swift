import NixModel

extension Plan {
  /// `3 derivations would be built, 2 of them not allowed, and 812 paths copied (1.2 GiB to download, 3.4 GiB unpacked)`.
  var summary: String {
    let forbidden = forbidden.count
    let share =
      forbidden == 0 || builds.isEmpty
      ? "" : forbidden == builds.count ? ", not allowed," : ", \(forbidden) of them not allowed,"
    let sizes =
      fetches.isEmpty
      ? "" : " (\(Quantity.bytes(downloadBytes)) to download, \(Quantity.bytes(narBytes)) unpacked)"
    return
      "\(Words.count(builds.count, "derivation")) would be built\(share) and \(Words.count(fetches.count, "path")) copied\(sizes)"
  }

  /// The builds that no other build brought about, those that drag the most others along first. A fetch of a source is
  /// needed for the build that wants it, and is no cause.
  var firstCauses: [Build] {
    builds.filter { $0.isFirst && !$0.isFetch }.enumerated().sorted {
      ($0.element.isAllowed ? 1 : 0, -$0.element.neededFor, $0.offset)
        < ($1.element.isAllowed ? 1 : 0, -$1.element.neededFor, $1.offset)
    }.map(\.element)
  }

  /// The paths that offers lead to and that no cache has, each with the builds that it causes; those with the most first.
  var holes: [(lack: Lack, builds: [Build])] {
    var places: [StorePath: Int] = [:]
    var holes: [(lack: Lack, builds: [Build])] = []
    for build in builds {
      guard case .hole(_, let lack) = build.cause else { continue }
      if let place = places[lack.path] {
        holes[place].builds.append(build)
      } else {
        places[lack.path] = holes.count
        holes.append((lack, [build]))
      }
    }
    return holes.enumerated().sorted {
      (-$0.element.builds.count, $0.offset) < (-$1.element.builds.count, $1.offset)
    }.map(\.element)
  }

  /// Why nothing certain can be said, a sentence each.
  var doubts: [String] {
    var doubts = unresolved.map {
      "\(Words.line($0.installable.description)) could not be evaluated: \(Words.ended(Words.line($0.error)))"
    }
    doubts += unread.map { "The derivation \($0) could not be read, so its inputs are unknown." }
    if let first = unasked.first {
      let others = unasked.count > 1 ? " and \(unasked.count - 1) others" : ""
      doubts.append("The caches were not asked for \(first)\(others).")
    }
    doubts += caches.filter(\.couldHaveAnswered).map { "\($0.url): \(Words.line($0.state.phrase))" }
    return doubts
  }
}

extension Plan.Build {
  /// The name as a person knows it.
  var name: String { String(derivation.derivationName) }

  /// Why it is built, a clause.
  var why: String {
    switch cause {
    case .lack(let lack): lack.clause
    case .hole(let output, let lack):
      "\(output.name) is offered, and leads to \(lack.path.name): \(lack.clause)"
    case .disallowed: "it disallows substitutes, so Nix builds it without asking a cache"
    case .unknownPath(let output):
      "the path of its output '\(output)' is not known before it is built (content-addressed), so no cache was asked"
    }
  }

  /// What hangs on it, a clause; `nil` where nothing does.
  var weight: String? {
    neededFor > 0
      ? "\(Words.count(neededFor, "other build")) \(neededFor == 1 ? "waits" : "wait") for it" : nil
  }
}

extension Lack {
  /// Why a path is not copied, a clause.
  fileprivate var clause: String {
    switch kind {
    case .missing: "no cache has \(path)"
    case .unanswered, .notAsked, .narMissing, .untrusted, .invalid, .refused:
      "\(path): \(Words.line(detail ?? kind.word))"
    }
  }
}

extension Plan.Cause {
  /// The stable word for it in documents.
  var word: String {
    switch self {
    case .lack(let lack): lack.kind.word.replacing(" ", with: "-")
    case .hole: "hole"
    case .disallowed: "substitutes-disallowed"
    case .unknownPath: "unknown-path"
    }
  }
}

extension PlanChange {
  /// `3 derivations that were not built at main would be built now, 2 of them not allowed`.
  var summary: String {
    guard !turned.isEmpty else { return "nothing becomes a build that was none at \(Words.line(since))" }
    let forbidden = turned.count { !$0.build.isAllowed }
    let share = forbidden == 0 ? ", all of them allowed" : ", \(forbidden) of them not allowed"
    return
      "\(Words.count(turned.count, "derivation")) \(turned.count == 1 ? "was" : "were") no build at \(Words.line(since)) and \(turned.count == 1 ? "is" : "are") one now\(share)"
  }
}

extension PlanChange.Turned {
  /// How its derivation changed, a clause; `nil` where that is not known.
  var changed: String? {
    change.map { change in
      Words.list(change.differences.map(\.phrase))
        + (change.chain.count > 1 ? " (by way of \(change.chain.dropLast().joined(separator: " → ")))" : "")
    }
  }
}
