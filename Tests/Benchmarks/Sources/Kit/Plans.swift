import ArgumentParser
import EvidenceStore
import Foundation
import NixModel

/// Prints what SQLite means to do for what an operator asks of a store.
struct Plans: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the query plans of questions to a store; fails where one reads a whole table.")

  @Argument(help: "The store.")
  var file: String

  @Argument(help: "A target.")
  var target: String

  @Argument(help: "A store path.")
  var path: String

  func run() throws {
    let store = try EvidenceStore(reading: file)
    let cache = try SubstituterURL(parsing: "https://cache.ci.example/main")
    let month = Date(timeIntervalSince1970: 1_775_000_000)
    let filters: [(String, RunFilter)] = [
      ("", RunFilter()), ("--target", RunFilter(targets: [target])),
      ("--path", RunFilter(paths: [.path(try StorePath(parsing: path))])),
      ("--path NAME", RunFilter(paths: [.name("\(target)-*")])), ("--from", RunFilter(origins: [cache])),
      ("--verdict cold", RunFilter(verdicts: [.cold])),
      ("--verdict inconclusive", RunFilter(verdicts: [.inconclusive])),
      ("--reason", RunFilter(reasons: [.notInSubstituter])), ("--runner", RunFilter(runners: ["runner-3"])),
      ("--ref", RunFilter(refs: ["main"])), ("--since", RunFilter(since: month)),
      ("--until", RunFilter(until: month)),
    ]
    var known: Set<String> = []
    var scans = 0
    for (name, filter) in filters {
      let questions: [(String, () throws -> Void)] = [
        ("runs", { _ = try store.runs(matching: filter, limit: 51) }),
        ("paths", { _ = try store.paths(matching: filter, limit: 51) }),
        ("history", { _ = try store.history(of: target, matching: filter, limit: 50) }),
        ("caches", { _ = try store.caches(matching: filter) }),
        ("regressions", { _ = try store.regressions(matching: filter) }),
      ]
      for (noun, ask) in questions {
        // Statements that differ in their numbers alone have the same plan.
        for plan in try store.plans(ask) where known.insert("\(noun) \(plan.steps)").inserted {
          print("audit \(noun) \(name)")
          for step in plan.steps { print("  \(step)") }
          scans += plan.fullScans.count
        }
      }
    }
    guard scans == 0 else { throw ValidationError("\(scans) steps read a whole table.") }
  }
}
