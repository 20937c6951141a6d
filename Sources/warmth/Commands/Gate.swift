import ArgumentParser
import EvidenceStore
import Foundation
import Machine
import NixCommand
import NixModel
import Proof
import Reporting

struct Gate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate",
    abstract: "Ask the evidence whether targets are warm: exit 0 yes, 1 no, 2 unknown.",
    discussion: """
      An installable is evaluated, and asked for by its output paths. A --target is looked up by its recorded name, \
      without Nix: the whole reference, or an attribute that is of one source and one platform in all the evidence. \
      The latest run about each decides; one that was cut off decides nothing. With --policy it must also \
      keep to that policy, by what was recorded, whatever policy it was made under. A warmth.yaml in the working \
      directory is no policy unless it is named: in CI that file may come from whoever asks to be let in. So may \
      the evidence there, which must be named in a CI job.
      """)

  @OptionGroup var installables: TargetOptions
  @OptionGroup(title: "Evaluation") var evaluation: EvaluationOptions
  @Option(
    help: ArgumentHelp(
      "Ask about the output paths in this file, which another step evaluated: one on each line, or the answer of nix build --dry-run --json; - is standard input.",
      valueName: "file"))
  var pathsFrom: String?

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var demands: GateOptions
  @OptionGroup var reports: ReportOptions

  @Option(help: ArgumentHelp("The nix to evaluate installables with.", valueName: "path"))
  var nix = "nix"

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws {
    // Whether a policy has any is known when it has been read.
    if !isEvaluated, pathsFrom == nil, demands.targets.isEmpty, demands.policy == nil {
      throw ValidationError(
        "A gate needs an installable, a --target, or a --policy that names some.\(demands.remark.map { " There is \($0)." } ?? "")"
      )
    }
  }

  /// Whether anything is named that Nix evaluates.
  private var isEvaluated: Bool {
    installables.namesAny || installables.file != nil || evaluation.expr != nil
  }

  /// Where signatures are asked for, only signed runs are believed.
  private func archive(of store: EvidenceStore, for policy: GatePolicy) -> GateArchive {
    let reader = GateReader(of: store)
    guard !policy.collectors.isEmpty else {
      return GateArchive(
        subjects: { try store.gateSubjects(of: $0, limit: $1) },
        runs: { try reader.runs(about: $0, limit: $1) },
        proof: { try reader.proof(by: $0, of: $1, for: policy) })
    }
    let distilled = Distilled(of: store)
    return GateArchive(
      subjects: { try store.gateSubjects(of: $0, limit: $1) },
      runs: { topic, limit in
        let named = try reader.runs(about: topic, limit: limit).map(\.id)
        return try distilled.reader(of: named).runs(about: topic, limit: limit, expecting: named)
      },
      proof: { run, topic in try distilled.reader(of: [run]).proof(by: run, of: topic, for: policy) })
  }

  /// Stores that are distilled from some runs, which most targets of a gate have in common.
  private final class Distilled {
    private let store: EvidenceStore
    private var readers: [[RunID]: GateReader] = [:]

    init(of store: EvidenceStore) { self.store = store }

    func reader(of runs: [RunID]) throws -> GateReader {
      if let known = readers[runs] { return known }
      let reader = GateReader(of: try store.distilled(runs))
      // Each is a store in memory.
      if readers.count >= 8 { readers = [:] }
      readers[runs] = reader
      return reader
    }
  }

  /// The files that are read and written.
  private func files(of closeOut: CloseOut) -> FilesApart {
    var files = FilesApart(evidence: evidence.path)
    files.read(demands.policy, as: "the policy")
    files.read(installables.targetsFrom, as: "the list of targets")
    files.read(installables.file, as: "the Nix file")
    files.read(pathsFrom, as: "--paths-from")
    files.append(to: closeOut.forge.summary, as: "$GITHUB_STEP_SUMMARY")
    files.append(to: closeOut.forge.output, as: "$GITHUB_OUTPUT")
    for report in closeOut.reports { files.replace(report.path, as: report.option) }
    return files
  }

  /// What is asked by content, and the derivations of targets that are of a Nix at hand.
  private func evaluated() async throws -> (questions: [GateQuestion], program: NixProgram?) {
    let given = try pathsFrom.map { try PathFile($0).questions() } ?? []
    guard isEvaluated else { return (given, nil) }
    let flags = try evaluation.parsed()
    let asked = try installables.parsed(by: flags, of: evaluation.expr).targets
    var resolution = Resolution(paths: asked)
    let others = asked.filter { if case .path = $0 { false } else { true } }
    var program: NixProgram?
    if !others.isEmpty {
      do {
        program = try await NixProgram.open(
          nix, supervision: Main.supervisor, options: flags.settings
        ).program
      } catch {
        throw Failure(
          .missing,
          "\(error); a recorded target can be asked for without Nix (--target REFERENCE#ATTRIBUTE), and so can paths that another step evaluated (--paths-from FILE)"
        )
      }
      // An evaluation that begins to build is ended, because a build would realize something.
      let policy = Policy()
      if let program { resolution.append(await program.resolve(others) { policy.directive(after: $0) }) }
    }
    return (
      given + resolution.targets.map { .evaluated($0) } + resolution.unresolved.map { .unresolved($0) },
      program
    )
  }

  /// How the targets that no run is about differ from their last warm proofs.
  private func changes(
    of answer: GateAnswer, _ questions: [GateQuestion], in store: EvidenceStore, with program: NixProgram?
  ) throws -> [GateChange] {
    guard let program else { return [] }
    let unproved = Set(answer.targets.filter { $0.findings.contains(.noRun) }.map(\.target))
    let targets = questions.compactMap { question -> Target? in
      guard case .evaluated(let target) = question, target.derivation != nil, unproved.contains(question.name)
      else { return nil }
      return target
    }
    guard !targets.isEmpty else { return [] }
    let graph = program.derivations(targets.compactMap(\.derivation), wholeClosure: true)
    var earlier: [RunID: Testimony] = [:]
    return try targets.compactMap { target in
      let latest = try reading { try store.latestWarmRun(of: target.installable) }
      guard let run = latest else { return nil }
      let testimony = try earlier[run] ?? reading { try store.testimony(of: run) }
      earlier[run] = testimony
      return GateChange(of: target, in: graph, since: run, testimony)
    }
  }

  func run() async throws {
    guard evidence.named != nil || !Forge.here.isJob else {
      throw Failure(
        .usage,
        "in a CI job a gate must be told where the evidence is (--evidence FILE, or $WARMTH_EVIDENCE): '\(evidence.path)' in the working directory may come from whoever asks to be let in"
      )
    }
    let asked = try demands.parsed(besides: isEvaluated || pathsFrom != nil)
    if let remark = demands.remark { Console.say("warmth: there is \(remark)") }
    let closeOut = CloseOut(reports: try reports.parsed(), forge: .here)
    try files(of: closeOut).check()
    let store = try evidence.openForReading()
    closeOut.begin()
    let (evaluated, program) = try await evaluated()
    let questions = asked.targets.map { GateQuestion.named($0) } + evaluated
    let answer = try reading {
      try gate(questions, under: asked.policy, at: .now, from: archive(of: store, for: asked.policy))
    }
    let changes = try changes(of: answer, questions, in: store, with: program)
    let report = GateReport(answer, changes, at: .now, on: RunnerFacts.here().host)
    let format: RunFormat = json ? .json : closeOut.forge.format
    let text = try report.render(format, style: Console.style(STDOUT_FILENO))
    if format == .text { Console.printProse(text) } else { Console.print(text) }
    let status = try closeOut.leave(report, ExitStatus(answer.answer))
    throw status.code
  }
}
