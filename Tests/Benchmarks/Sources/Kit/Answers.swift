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
  }

  private var noted: [Noted] = []
  /// Shared by the runs of one script, as it says the same for all.
  private var known: (outcomes: [StorePath: Outcome], paths: Set<String>, origins: Set<String>)?

  mutating func note(_ happening: Happening, _ script: Script) {
    if known?.outcomes != script.outcomes {
      known = (
        script.outcomes, Set(script.paths.map(\.description)),
        Set(script.outcomes.values.compactMap { if case .substituted(let from) = $0 { from } else { nil } })
      )
    }
    let isConcluded = happening.kind != .cutOff
    noted.append(
      Noted(
        id: happening.id.text, started: happening.started, targets: happening.lane.targets,
        paths: known?.paths ?? [], origins: isConcluded ? known?.origins ?? [] : [],
        verdict: isConcluded ? script.judgment.verdict.rawValue : "inconclusive"))
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
    ]
    let questions = tests.map { options, fits in
      Question(options: options, runs: sorted.lazy.filter(fits).prefix(50).map(\.id))
    }
    let everything = Everything(
      runs: noted.count, questions: questions, path: path, target: "libguestfs",
      latest: sorted.first { $0.targets.contains("libguestfs") }?.id ?? "")
    return String(decoding: try JSONEncoder().encode(everything), as: UTF8.self)
  }
}
