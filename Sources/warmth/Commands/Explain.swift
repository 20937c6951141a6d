import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Proof
import Reporting

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say why a run was not warm: the first causes, what shows them, and what to do.",
    discussion: """
      Follows each build and each path that did not come back to the fact at the beginning of its chain. \
      Where no cache has a target, its derivation is compared with that of the last run in which it was \
      warm, so that changed inputs are told from an incomplete prewarm.
      """)

  @OptionGroup var evidence: EvidenceOptions

  @Argument(
    help: ArgumentHelp(
      "The run's name, or the beginning of it; the latest where none is named.", valueName: "run"))
  var name: String?

  @Argument(
    help: ArgumentHelp(
      "A store path, or the name of one: tells what every witness said of it.", valueName: "path"))
  var path: String?

  @Option(
    help: ArgumentHelp(
      "The run to compare derivations with; by default the last in which the target was warm.",
      valueName: "run"))
  var against: String?

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    let store = try evidence.openForReading()
    // A path alone means the latest run.
    let isPath = path == nil && name?.hasPrefix(StoreDirectory.standard.path + "/") == true
    let run = try find(isPath ? nil : name, in: store)
    let judged = try self.judged(run, in: store)
    let explanation = explain(judged.testimony, judged.judgment, under: run.start.policy)
    let asked = isPath ? name : path
    let account = try asked.map { try self.account(named: $0, in: judged.testimony, of: run) }
    let explained = ExplainedRun(
      run: run, explanation: explanation,
      comparisons: try comparisons(of: judged, explanation, in: store),
      path: account,
      publications: try reading {
        try store.latestPublications(of: explanation.paths + [account?.path].compactMap(\.self))
      }, places: try reading { try store.publishingPlaces() })
    if json {
      Console.print(try ExplanationDocument(explained).json())
    } else {
      Console.printProse(ExplanationText(explained).render(style: Console.style(STDOUT_FILENO)))
    }
  }

  private func find(_ name: String?, in store: EvidenceStore) throws -> Run {
    if let name, try reading({ try store.publication(RunID(name)) }) != nil {
      throw Failure(
        .usage,
        "\(name) is a publication, which came to no verdict; warmth audit show \(name) tells what it published"
      )
    }
    let found = try reading { try name.map { try store.run(RunID($0)) } ?? store.latestRun() }
    guard let found else {
      throw Failure(
        .usage,
        name.map { "there is no run '\($0)' in '\(evidence.path)'; warmth audit runs lists those there are" }
          ?? "there is no run in '\(evidence.path)' yet; warmth prove records one")
    }
    return found
  }

  /// The testimony about a path, which may be named in full, by its name, or by its target.
  private func account(named text: String, in testimony: Testimony, of run: Run) throws -> PathAccount {
    let paths = testimony.pathsNamed(text)
    guard let path = paths.first else {
      throw Failure(
        .usage,
        "run \(run.start.id) had nothing to do with '\(text)'; warmth audit show \(run.start.id) names its targets"
      )
    }
    guard paths.count == 1 else {
      throw Failure(
        .usage,
        "'\(text)' names \(paths.count) paths of run \(run.start.id); which one?\n"
          + paths.prefix(20).map { "  \($0)" }.joined(separator: "\n"))
    }
    guard let account = NixModel.account(of: path, in: testimony, under: run.start.policy) else {
      throw Failure(.usage, "run \(run.start.id) says nothing of \(path)")
    }
    return account
  }

  private func judged(_ run: Run, in store: EvidenceStore) throws -> JudgedRun {
    JudgedRun(run, try reading { try store.testimony(of: run.start.id) })
  }

  /// Each target that no cache has, beside an earlier run; with `--against`, every target.
  private func comparisons(
    of run: JudgedRun, _ explanation: Explanation, in store: EvidenceStore
  ) throws -> [TargetComparison] {
    let asked = try against.map { try find($0, in: store).start.id }
    let found = try Proof.comparisons(
      of: run, explained: explanation, with: asked,
      latestWarmRun: { target in try reading { try store.latestWarmRun(of: target, before: run.id) } },
      reading: { try judged(find($0.text, in: store), in: store) })
    if let asked, found.isEmpty {
      throw Failure(.usage, "run \(asked) was not about a derivation that run \(run.id) was about, too")
    }
    return found
  }
}
