import Foundation
import NixModel

/// The runs that questions must be answered with, found by looking at every run.
struct Answers {
  private struct Noted {
    let id: String
    let started: Date
    let targets: [String]
    let paths: Set<String>
    let origins: Set<String>
    let verdict: String
    let runners: [String]
    let refs: [String]
    let reasons: Set<String>
    let isConcluded: Bool
    /// The verdict about each target that the run came to.
    let targetVerdicts: [String: Verdict]
    /// How many paths came from each cache.
    let copies: [String: Int]
  }

  private struct Question: Encodable {
    let options: [String]
    let runs: [String]
  }

  private struct Everything: Encodable {
    let runs: Int
    let questions: [Question]
    let path: String
    let target: String
    let latest: String
    /// How many concluded runs and how many copied paths each cache has.
    let caches: [String: Sum]
    /// The targets that were warm and were not just after the latest cold run about `target`, and when that was.
    let regressions: [String]
    let regressionsUntil: String
  }

  private struct Sum: Encodable {
    var runs = 0
    var paths = 0
  }

  private var noted: [Noted] = []
  /// Shared by the runs of one script, as it says the same for all.
  private var known: (outcomes: [StorePath: Outcome], paths: Set<String>, copies: [String: Int])?

  mutating func note(_ happening: Happening, _ script: Script) {
    if known?.outcomes != script.outcomes {
      known = (
        script.outcomes, Set(script.paths.map(\.description)),
        script.outcomes.values.reduce(into: [:]) { copies, outcome in
          if case .substituted(let from) = outcome { copies[from, default: 0] += 1 }
        }
      )
    }
    let isConcluded = happening.kind != .cutOff
    noted.append(
      Noted(
        id: happening.id.text, started: happening.started, targets: happening.lane.targets,
        paths: known?.paths ?? [], origins: isConcluded ? Set((known?.copies ?? [:]).keys) : [],
        verdict: isConcluded ? script.judgment.verdict.rawValue : "inconclusive",
        runners: [happening.start.runner.host, happening.start.runner.pod ?? ""],
        refs: [happening.branch, happening.revision],
        reasons: isConcluded
          ? Set(script.judgment.targets.flatMap(\.ruling.reasons).map(\.code.rawValue)) : ["interrupted"],
        isConcluded: isConcluded,
        targetVerdicts: isConcluded
          ? Dictionary(
            uniqueKeysWithValues: script.judgment.targets.filter(\.isReached).map {
              ($0.installable.description, $0.ruling.verdict)
            }) : [:], copies: isConcluded ? known?.copies ?? [:] : [:]))
  }

  func json() throws -> String {
    let sorted = noted.sorted { $0.started > $1.started }
    let middle = sorted[sorted.count / 2]
    let path = middle.paths.sorted().first ?? ""
    let day = middle.started.formatted(.iso8601.year().month().day())
    func date(_ text: String) -> Date { (try? Date("\(text)T00:00:00Z", strategy: .iso8601)) ?? .distantPast }
    let tests: [([String], (Noted) -> Bool)] = [
      ([], { _ in true }),
      (["--target", "libguestfs"], { $0.targets.contains("libguestfs") }),
      (["--target", "no-such-target"], { _ in false }),
      (["--path", path], { $0.paths.contains(path) }),
      (["--path", "libguestfs-*"], { $0.paths.contains { $0.contains("-libguestfs-") } }),
      (
        ["--from", "https://cache.ci.example/main"], { $0.origins.contains("https://cache.ci.example/main") }
      ),
      (["--from", "https://cache.nixos.org"], { $0.origins.contains("https://cache.nixos.org") }),
      (["--verdict", "warm"], { $0.verdict == "warm" }),
      (["--verdict", "cold"], { $0.verdict == "cold" }),
      (["--verdict", "inconclusive"], { $0.verdict == "inconclusive" }),
      (["--since", day], { $0.started >= date(day) }),
      (["--until", day], { $0.started < date(day) }),
      (
        ["--target", "qemu", "--verdict", "cold", "--until", day],
        { $0.targets.contains("qemu") && $0.verdict == "cold" && $0.started < date(day) }
      ),
      (["--path", path, "--verdict", "cold"], { $0.paths.contains(path) && $0.verdict == "cold" }),
      (
        ["--reason", "not-in-substituter"], { $0.reasons.contains("not-in-substituter") }
      ),
      (["--reason", "nar-corrupt"], { $0.reasons.contains("nar-corrupt") }),
      (["--reason", "interrupted"], { $0.reasons.contains("interrupted") }),
      (["--runner", "runner-3"], { $0.runners.contains("runner-3") }),
      (["--runner", middle.runners[1]], { $0.runners.contains(middle.runners[1]) }),
      (["--ref", "main"], { $0.refs.contains("main") }),
      (["--ref", String(middle.refs[1].prefix(9))], { $0.refs.contains(middle.refs[1]) }),
      (
        ["--ref", "main", "--runner", "runner-3", "--reason", "not-in-substituter"],
        {
          $0.refs.contains("main") && $0.runners.contains("runner-3")
            && $0.reasons.contains("not-in-substituter")
        }
      ),
    ]
    let questions = tests.map { options, fits in
      Question(options: options, runs: sorted.lazy.filter(fits).prefix(50).map(\.id))
    }
    // Just after a cold run something has regressed. Times are recorded in whole milliseconds.
    let cold = sorted.first { $0.verdict == "cold" && $0.targets.contains("libguestfs") }?.started
    let until = Date(
      timeIntervalSince1970: (((cold ?? .now).timeIntervalSince1970 * 1000).rounded(.down) + 2.5) / 1000)
    let everything = Everything(
      runs: noted.count, questions: questions, path: path, target: "libguestfs",
      latest: sorted.first { $0.targets.contains("libguestfs") }?.id ?? "", caches: sums(),
      regressions: regressions(sorted.filter { $0.started < until }),
      regressionsUntil: until.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    return String(decoding: try JSONEncoder().encode(everything), as: UTF8.self)
  }

  private func sums() -> [String: Sum] {
    var sums: [String: Sum] = [:]
    for run in noted where run.isConcluded {
      for cache in ["https://cache.ci.example/main", "https://cache.nixos.org"] {
        sums[cache, default: Sum()].runs += 1
        sums[cache, default: Sum()].paths += run.copies[cache] ?? 0
      }
    }
    return sums
  }

  private func regressions(_ latestFirst: [Noted]) -> [String] {
    let targets = Set(latestFirst.flatMap(\.targetVerdicts.keys))
    return targets.filter { target in
      let verdicts = latestFirst.compactMap { $0.targetVerdicts[target] }
      return verdicts.first != .warm && verdicts.contains(.warm)
    }.sorted()
  }
}
