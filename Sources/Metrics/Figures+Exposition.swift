import Foundation
import NixModel

extension Figures {
  /// The figures for a scraper. `docs/metrics.md` lists them.
  package var exposition: Exposition {
    Exposition(families: general + ofTargets + ofCaches + ofPublications + ofBuilds)
  }

  private typealias Family = Exposition.Family
  private typealias Sample = Exposition.Sample
  private typealias Label = Exposition.Label

  private var general: [Family] {
    [
      Family(
        name: "warmth_version", help: "The program that took the figures.",
        samples: [Sample(labels: [Label("version", version)], value: 1)]),
      Family(
        name: "warmth_taken_timestamp_seconds", help: "When the figures were taken.",
        samples: [Sample(labels: [], value: now.wholeSeconds)]),
      Family(
        name: "warmth_records", help: "The records of the evidence store.",
        samples: [Sample(labels: [], value: Double(records))]),
    ]
  }

  private func label(_ target: TargetFigures) -> Label {
    Label("target", Redaction.redact(target.installable.description).plainText)
  }

  private var ofTargets: [Family] {
    func each(_ name: String, _ help: String, _ value: (TargetFigures) -> Double?) -> Family {
      Family(
        name: "warmth_target_\(name)", help: help,
        samples: targets.compactMap { target in
          value(target).map { Sample(labels: [label(target)], value: $0) }
        })
    }
    let verdicts = targets.flatMap { target in
      [Verdict.warm, .cold, .inconclusive].map {
        Sample(labels: [label(target), Label("verdict", $0.rawValue)], value: target.verdict == $0 ? 1 : 0)
      }
    }
    let reasons = targets.flatMap { target in
      Dictionary(grouping: target.reasons) { [$0.code.rawValue, $0.cache ?? ""] }.sorted {
        $0.key.lexicographicallyPrecedes($1.key)
      }.map { key, members in
        Sample(
          labels: [
            label(target), Label("reason", key[0]), Label("cache", Redaction.redact(key[1]).plainText),
          ],
          value: Double(members.count))
      }
    }
    return [
      Family(
        name: "warmth_target_verdict",
        help: "1 for the verdict of the latest run about the target, 0 for the others.",
        samples: verdicts),
      each("proved_timestamp_seconds", "When the latest run about the target began.") {
        $0.proved.wholeSeconds
      },
      each("warm_timestamp_seconds", "When the latest run began in which the target was warm.") {
        $0.warm?.wholeSeconds
      },
      Family(
        name: "warmth_target_reasons",
        help:
          "Why the target is not warm: the reasons of its latest run by code, and by cache where they are about one.",
        samples: reasons),
      each("duration_seconds", "How long the latest run about the target took, with all its other targets.") {
        target in
        target.conclusion.map { max(0, $0.finished.timeIntervalSince(target.proved)) }
      },
      each("download_bytes", "What the latest run about the target downloaded, with all its other targets.") {
        $0.conclusion.map { Double($0.judgment.closure.downloadBytes) }
      },
      each("paths", "The paths that the latest run about the target needed, with all its other targets.") {
        $0.conclusion.map { Double($0.judgment.closure.paths) }
      },
    ]
  }

  private var ofCaches: [Family] {
    func each(_ name: String, _ help: String, _ value: (CacheRecord) -> Double?) -> Family {
      Family(
        name: "warmth_cache_\(name)", help: "\(help) Summed over the runs of the window.",
        samples: caches.compactMap { cache in
          value(cache).map {
            Sample(labels: [Label("cache", Redaction.redact(cache.cache).plainText)], value: $0)
          }
        })
    }
    let failures = caches.flatMap { cache in
      let failures = cache.failures
      let kinds = [
        ("unreachable", failures.unreachable), ("error", failures.error), ("refused", failures.refused),
        ("invalid", failures.invalid), ("untrusted", failures.untrusted), ("missing", failures.missing),
        ("corrupt", failures.corrupt),
      ]
      return kinds.map { kind, count in
        Sample(
          labels: [Label("cache", Redaction.redact(cache.cache).plainText), Label("failure", kind)],
          value: Double(count))
      }
    }
    return [
      each("runs", "The runs that copied from the cache, asked it, or saw it fail.") { Double($0.runs) },
      each("paths", "The paths that were copied from the cache.") { Double($0.paths) },
      each("unpacked_bytes", "Their unpacked size.") { Double($0.bytes) },
      each("download_bytes", "Their compressed size, as narinfos state it.") { Double($0.downloadBytes) },
      each("busy_seconds", "The time in which at least one copy from the cache was under way.") {
        $0.timed.map { Double($0.milliseconds) / 1000 }
      },
      each("asked_paths", "The paths that the cache was asked for beforehand.") { Double($0.asked) },
      each("offered_paths", "Those of them that it offered, signed by a trusted key.") { Double($0.offered) },
      Family(
        name: "warmth_cache_failures", help: "How the cache failed. Summed over the runs of the window.",
        samples: failures),
    ]
  }

  /// The latest publication to each cache.
  private var ofPublications: [Family] {
    var seen: Set<String> = []
    let latest = publications.compactMap { record -> (PublicationRecord, Label)? in
      guard let destination = record.head.destination, seen.insert(destination.name).inserted else {
        return nil
      }
      return (record, Label("cache", Redaction.redact(destination.name).plainText))
    }
    func each(_ name: String, _ help: String, _ value: (PublicationRecord) -> Double?) -> Family {
      Family(
        name: "warmth_publication_\(name)", help: help,
        samples: latest.compactMap { record, label in value(record).map { Sample(labels: [label], value: $0) }
        })
    }
    let states = latest.flatMap { record, label in
      PublicationState.allCases.map {
        Sample(labels: [label, Label("state", $0.rawValue)], value: record.head.state == $0 ? 1 : 0)
      }
    }
    let paths = latest.flatMap { record, label in
      let counts = record.counts
      return [
        ("pushed", counts.pushed), ("already-there", counts.alreadyThere), ("filtered", counts.filtered),
        ("failed", counts.failed), ("not-pushed", counts.notPushed),
      ].map { Sample(labels: [label, Label("published", $0.0)], value: Double($0.1)) }
    }
    return [
      Family(
        name: "warmth_publication_state",
        help: "1 for the state of the latest publication to the cache, 0 for the others.",
        samples: states),
      each("timestamp_seconds", "When the latest publication to the cache began.") {
        $0.head.started.wholeSeconds
      },
      each("duration_seconds", "How long it took.") { record in
        record.head.finished.map { max(0, $0.timeIntervalSince(record.head.started)) }
      },
      Family(
        name: "warmth_publication_paths",
        help: "The paths of the latest publication to the cache, by what became of them.",
        samples: paths),
      each("not_served_paths", "The paths that the read side did not serve afterwards.") {
        Double($0.counts.notServed)
      },
    ]
  }

  private var ofBuilds: [Family] {
    let providers = Dictionary(grouping: builds) { $0.start.order.provider }.sorted { $0.key < $1.key }
    func each(_ name: String, _ help: String, _ value: ([BuildRecord]) -> Double?) -> Family {
      Family(
        name: "warmth_builder_\(name)", help: help,
        samples: providers.compactMap { provider, builds in
          value(builds).map { Sample(labels: [Label("provider", provider)], value: $0) }
        })
    }
    return [
      each("builds", "The builds of the window.") { Double($0.count) },
      each("failed_builds", "Those whose work ended without success.") {
        Double($0.count { $0.end.map { !$0.isSuccess } ?? ($0.state == .gone) })
      },
      each("machines", "The machines that exist, or may exist, by the record.") {
        Double($0.count { $0.state.mayHaveMachine })
      },
      each("expires_timestamp_seconds", "When the first of these is to be gone at the latest.") {
        $0.filter { $0.state.mayHaveMachine }.map(\.start.expires.wholeSeconds).min()
      },
      each("lifetime_seconds", "How long the machines of the window lived.") { builds in
        builds.reduce(0) { $0 + $1.lifetime(until: now) }.rounded()
      },
      each("cost_dollars", "What they cost at most, where prices are known.") { builds in
        builds.reduce(0) { $0 + Double($1.cost(until: now)?.millionths ?? 0) / 1e6 }
      },
    ]
  }
}

extension Date {
  fileprivate var wholeSeconds: Double { max(0, timeIntervalSince1970).rounded(.down) }
}
