import ArgumentParser
import EvidenceStore
import Foundation
import Machine
import NixModel
import PolicyYAML
import Reporting

/// How a forecast plans.
struct PlanOptions: ParsableArguments {
  @Flag(
    name: .customLong("plan"),
    help: "Say which derivations Nix would build here and which paths it would copy, and why.")
  var isAsked = false

  @Option(
    help: ArgumentHelp(
      "Say what becomes a build that was none: at a revision, in a recorded run, or in the file of a plan (--plan --json).",
      valueName: "rev|run|file"))
  var against: String?

  @Option(
    help: ArgumentHelp("Plan for the store in this directory instead of an empty one.", valueName: "dir"))
  var store: String?

  @Option(
    help: ArgumentHelp(
      "Derivations that may be built here, by name, such as 'vm-test-run-*'. Repeatable.", valueName: "glob"))
  var allowBuild: [String] = []

  @Option(help: ArgumentHelp("Derivations that may not, whatever is allowed. Repeatable.", valueName: "glob"))
  var forbidBuild: [String] = []

  @Option(
    help: ArgumentHelp("Write the plan in Markdown, as for a pull request, to this file.", valueName: "file"))
  var markdown: String?

  @OptionGroup var evidence: EvidenceOptions

  /// What to compare with.
  enum Earlier {
    case known(EarlierPlan)
    case revision(String)
  }

  func validate() throws {
    guard !isAsked else { return }
    let others = [
      (against != nil, "--against"), (store != nil, "--store"), (!allowBuild.isEmpty, "--allow-build"),
      (!forbidBuild.isEmpty, "--forbid-build"), (markdown != nil, "--markdown"),
    ]
    if let other = others.first(where: \.0) {
      throw ValidationError("\(other.1) is for a forecast with --plan.")
    }
  }

  /// The store's directory as Nix is given it.
  var storePath: String? { store.map { URL(filePath: $0).standardizedFileURL.path } }

  /// The builds that are allowed, by the file and the command line together.
  func policy(
    with file: PolicyFile, expectingFrom accepted: [SubstituterURL]
  ) throws(Failure) -> Policy {
    Policy(
      allowBuild: try file.allowBuild + globs(allowBuild, of: "--allow-build"),
      forbidBuild: try file.forbidBuild + globs(forbidBuild, of: "--forbid-build"), expectFrom: accepted)
  }

  /// The earlier plan, or the revision that it has to be made of.
  func earlier() throws -> Earlier? {
    guard let against else { return nil }
    if let bytes = FileManager.default.contents(atPath: against) {
      guard let plan = PlanDocument.earlier(bytes, named: against) else {
        throw Failure(
          .usage, "--against: '\(against)' is a file, and no plan; warmth forecast --plan --json writes one")
      }
      return .known(plan)
    }
    guard against.prefixMatch(of: /[0-9]{8}T[0-9]{6}Z/) != nil else { return .revision(against) }
    let store = try evidence.openForReading()
    guard let run = try reading({ try store.run(RunID(against)) }) else {
      throw Failure(
        .usage, "there is no run '\(against)' in '\(evidence.path)'; warmth audit runs lists those there are")
    }
    return .known(EarlierPlan(JudgedRun(run, try reading { try store.testimony(of: run.start.id) })))
  }

  /// - Returns: whether the file that was asked for is there.
  func write(_ page: PlanMarkdown) -> Bool {
    guard let markdown else { return true }
    do {
      try OutputFile(markdown).replace(with: page.render())
      return true
    } catch {
      Console.say("warmth: --markdown '\(markdown)' could not be written: \(error)")
      return false
    }
  }
}
