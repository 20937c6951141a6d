public import Foundation
import Machine
public import NixCommand
public import NixModel

/// Builds targets, publishes them, and asks for a receipt from the caches that readers use.
public struct Publisher: Sendable {
  private let order: Order
  private let tools: Tools

  // What is known so far. However a publication ends, this is told of it.
  private var version: String?
  private var system: String?
  private var progress: [TargetProgress]
  private var faults: [PublicationFault] = []
  private var needed: [Needed] = []
  /// The paths of pushes that failed.
  private var unpublished: Set<StorePath> = []
  private var copied: Set<StorePath> = []
  private var built: Set<StorePath> = []
  /// What the builders of failed builds printed, without escapes and credentials.
  public private(set) var failedLogs: [(derivation: StorePath, text: String)] = []
  private var group: ControlGroup?
  private var figuresBefore: CgroupFigures?

  /// What a publisher needs of the program around it.
  public struct Tools: Sendable {
    /// The Nix to use: a path, or a name to look for.
    public var nix: String
    /// Variables that Nix gets beside those that it needs.
    public var keptVariables: [String]
    /// The command in front of every other, which ends it when this process ends.
    public var supervision: [String]
    /// The command that makes this program a ``Caretaker``.
    public var caretaking: [String]
    /// Asks a cache as its readers do.
    public var ask: @Sendable (ReaderQuestion) async -> ReaderQuestion.Answer
    /// Shows what Nix does, and whether the arrival of bytes is shown, too.
    public var show: @Sendable (ProgressEvent) -> Void
    public var showsProgress: Bool
    /// Tells a person something.
    public var say: @Sendable (String) -> Void

    public init(
      nix: String, keptVariables: [String], supervision: [String], caretaking: [String],
      ask: @escaping @Sendable (ReaderQuestion) async -> ReaderQuestion.Answer,
      show: @escaping @Sendable (ProgressEvent) -> Void, showsProgress: Bool,
      say: @escaping @Sendable (String) -> Void
    ) {
      (self.nix, self.keptVariables, self.supervision) = (nix, keptVariables, supervision)
      (self.caretaking, self.ask, self.show) = (caretaking, ask, show)
      (self.showsProgress, self.say) = (showsProgress, say)
    }

    /// Shows what Nix's log says.
    var hear: NixProgram.Listener {
      { [show] event in
        show(.log(event))
        return .goOn
      }
    }
  }

  /// Where a target stands.
  private struct TargetProgress: Sendable {
    let installable: Installable
    var target: Target?
    var outcome = PublishedTarget.Outcome.skipped
    var milliseconds: UInt64 = 0
    var failure: PublishedTarget.Failure?

    var isThere: Bool { [.built, .substituted, .alreadyValid].contains(outcome) }
  }

  public init(_ order: Order, with tools: Tools) {
    self.order = order
    self.tools = tools
    progress = order.targets.map { TargetProgress(installable: $0) }
  }

  // MARK: The order of things

  /// Publishes. Where the task is cancelled, it ends early and in order.
  ///
  /// - Throws: ``NixError`` where there is no Nix that can be used.
  public mutating func publish() async throws(NixError) {
    let (program, settings) = try await NixProgram.open(
      tools.nix, supervision: tools.supervision, keeping: tools.keptVariables)
    (version, system) = (program.version.text, settings.system)
    openControlGroup(program)
    do throws(Impossible) {
      if let flaw = order.builds.flaw() {
        throw Impossible(.scratchUnsafe, flaw)
      }
      let store = try await LocalStore(program)
      let workplace = try workplace()
      defer { workplace.clear() }
      guard let destination = order.destination else { return try await work(in: store, at: workplace, nil) }
      let backend = try await backend(destination, program, workplace)
      do throws(Impossible) {
        for fault in try await backend.begin() { note(fault) }
        try await work(in: store, at: workplace, backend)
      } catch {
        await backend.end(patiently: false)
        throw error
      }
      await backend.end(patiently: !Task.isCancelled && progress.contains { $0.outcome == .built })
      let readers = Readers(order: order, tools: tools, program: program, settings: settings)
      await readers.ask(for: &needed)
      guard !Task.isCancelled else { return }
      for fault in readers.judge(&needed, sent: backend.sent, unpublished: unpublished, to: destination) {
        note(fault)
      }
    } catch {
      // What fails because it was ended is no fault of its own.
      if !Task.isCancelled { note(error.fault) }
    }
  }

  private mutating func work(
    in store: LocalStore, at workplace: Workplace, _ backend: (any Backend)?
  ) async throws(Impossible) {
    await resolve(store.program)
    for index in progress.indices where progress[index].target != nil {
      guard !Task.isCancelled else { return }
      guard let outputs = try await build(index, in: store, linkedAt: "\(workplace.directory)/root-\(index)")
      else { continue }
      if let backend { await push(outputs, called: "\(progress[index].installable)", by: backend) }
      for fault in backend?.faultsBeside() ?? [] { note(fault) }
    }
    guard !Task.isCancelled else { return }
    try await findNeeded(in: store)
    guard let backend else { return }
    if order.hasBuildClosure, !needed.isEmpty {
      await push(needed.map(\.entry.path), called: "the paths that the targets are built with", by: backend)
    }
    for fault in await backend.publishLogs(of: built.sorted()) { note(fault) }
  }

  private mutating func note(_ fault: PublicationFault) {
    faults.append(fault)
    tools.say("\(fault.code.rawValue): \(fault.message)")
  }

  // MARK: Preparing

  private func workplace() throws(Impossible) -> Workplace {
    do { return try Workplace(caretakerBy: tools.caretaking) } catch {
      throw Impossible(
        .scratchUnsafe,
        "the publisher has no place for its own files: \(error); set TMPDIR to a directory of this user's")
    }
  }

  private mutating func openControlGroup(_ program: NixProgram) {
    if let directory = order.controlGroup {
      group = ControlGroup(at: directory)
    } else if program.isOfDaemon {
      tools.say(
        "builds run in Nix's daemon: its control group shows whether memory ran out, and this process's does not; name it by --cgroup"
      )
    } else {
      group = ControlGroup()
    }
    figuresBefore = group?.figures()
  }

  private func backend(
    _ destination: Destination, _ program: NixProgram, _ workplace: Workplace
  ) async throws(Impossible) -> any Backend {
    switch destination {
    case .nixCopy(let copy): NixCopyBackend(copy, by: program, say: tools.say)
    case .attic(let server):
      AtticBackend(
        server,
        client: try await AtticBackend.client(
          program, nixpkgs: order.nixpkgs, linkedAt: "\(workplace.directory)/attic", tools),
        home: workplace.secret,
        supervision: tools.supervision, say: tools.say)
    }
  }

  // MARK: Evaluating and building

  private mutating func resolve(_ program: NixProgram) async {
    let resolution = await program.resolve(order.targets, event: tools.hear)
    guard !Task.isCancelled else { return }
    tools.show(.resolved(resolution.targets, resolution.unresolved))
    let targets = Dictionary(resolution.targets.map { ($0.installable, $0) }) { first, _ in first }
    let errors = Dictionary(resolution.unresolved.map { ($0.installable, $0.error) }) { first, _ in first }
    for index in progress.indices {
      let installable = progress[index].installable
      progress[index].target = targets[installable]
      if targets[installable] == nil {
        let error = errors[installable] ?? "Nix did not say why"
        fail(
          index, .evaluationFailed, .evaluationFailed, "\(installable.redacted) does not evaluate: \(error)")
      }
    }
    tools.show(.realizing)
  }

  private mutating func fail(
    _ index: Int, _ kind: PublishedTarget.Failure.Kind, _ code: PublicationFault.Code.Known,
    _ message: String
  ) {
    progress[index].outcome = .failed
    progress[index].failure = PublishedTarget.Failure(kind: kind, message: message)
    note(PublicationFault(code, path: progress[index].target?.derivation, isFatal: true, message))
  }

  /// Builds a target.
  ///
  /// - Returns: its outputs, or `nil` where it failed.
  private mutating func build(
    _ index: Int, in store: LocalStore, linkedAt link: String
  ) async throws(Impossible) -> [StorePath]? {
    guard let target = progress[index].target, let goal = target.goal else { return nil }
    let killsBefore = group?.oomKills
    let start = ContinuousClock.now
    let outcome = await store.program.build(
      goal, linkedAt: link, reportsProgress: tools.showsProgress, event: tools.hear)
    progress[index].milliseconds = UInt64(max(0, (ContinuousClock.now - start) / .milliseconds(1)))
    for event in outcome.log.events {
      switch event.kind {
      case .copyStopped(let path, _): copied.insert(path)
      case .buildStarted(let derivation), .buildStartedRemotely(let derivation, _): built.insert(derivation)
      case .copyStarted, .transferred, .buildStopped, .resolved, .postBuildHook, .complaint, .progress,
        .builderSaid:
        break
      }
    }
    guard outcome.isSuccess else {
      // Whoever ended it says so.
      progress[index].outcome = .failed
      if !Task.isCancelled { await explain(outcome, index, store.program, killsBefore) }
      return nil
    }
    let outputs = target.outputs.map(\.path)
    let entries = try await store.entries(of: outputs)
    let outcomes = outputs.compactMap { entries[$0]?.outcome(copied) }
    progress[index].outcome =
      outcomes.contains(.built) ? .built : outcomes.contains(.substituted) ? .substituted : .alreadyValid
    return outputs
  }

  /// Says why a build failed. Its log's words about memory are no evidence; the control group's figures are.
  private mutating func explain(
    _ outcome: NixOutcome, _ index: Int, _ program: NixProgram, _ killsBefore: UInt64?
  ) async {
    let complaints = outcome.log.events.compactMap { event -> Complaint? in
      if case .complaint(let complaint) = event.kind { complaint } else { nil }
    }
    // The first that failed; those that need it fail after it.
    let culprit = complaints.lazy.compactMap { complaint -> StorePath? in
      if case .buildFailed(let derivation) = complaint.subject { derivation } else { nil }
    }.first
    var log: String?
    if let culprit { log = await program.builderLog(of: culprit) }
    if let culprit, let log, !failedLogs.contains(where: { $0.derivation == culprit }) {
      failedLogs.append((culprit, log))
    }
    let failure = BuildFailure(
      complaints: complaints, log: log, kills: (before: killsBefore, after: group?.oomKills))
    let place = culprit.map { "\nThe whole log: nix log \($0)" } ?? ""
    fail(
      index, failure.kind, failure.kind == .outOfMemory ? .outOfMemory : .buildFailed,
      "the build of \(progress[index].installable.redacted) failed (\(outcome.ending)). \(failure.evidence(in: group?.memory)) The last lines of its log:\n\(failure.lastLines(orElse: outcome.message))\(place)"
    )
  }

  // MARK: Publishing

  private mutating func push(_ paths: [StorePath], called what: String, by backend: any Backend) async {
    tools.say("publishing \(what)")
    guard let failure = await backend.push(paths).failure, !Task.isCancelled,
      let destination = order.destination
    else { return }
    unpublished.formUnion(paths)
    note(.push(of: what, failure, to: destination))
  }

  /// Finds what the targets need: what their outputs refer to, and what they were built with, where that is asked for.
  private mutating func findNeeded(in store: LocalStore) async throws(Impossible) {
    let there = progress.filter(\.isThere).compactMap(\.target)
    let outputs = Set(there.flatMap { $0.outputs.map(\.path) })
    var seen: Set<StorePath> = []
    for entry in try await store.closure(of: outputs.sorted()) where seen.insert(entry.path).inserted {
      needed.append(Needed(entry: entry, role: outputs.contains(entry.path) ? .output : .runtime))
    }
    guard order.hasBuildClosure else { return }
    var inputs: [StorePath] = []
    for target in there {
      var derivation = target.derivation
      let output = target.outputs.first?.path
      if derivation == nil, let output { derivation = await store.program.deriver(of: output) }
      if let derivation, let paths = store.builtWith(derivation) {
        inputs += paths
      } else {
        note(
          PublicationFault(
            .buildClosureUnknown, path: output, isFatal: true,
            "what \(target.installable.redacted) was built with is not known here, so it is not published: the store lacks its derivation. Give that, or an attribute, instead of the path"
          ))
      }
    }
    for entry in try await store.closure(of: inputs.sorted()) where seen.insert(entry.path).inserted {
      needed.append(Needed(entry: entry, role: .build))
    }
  }

  // MARK: The end

  /// Notes that a signal ended it.
  public mutating func end(by signal: Int32) {
    let words = "ended by \(signalPhrase(signal))"
    for index in progress.indices where progress[index].outcome == .failed && progress[index].failure == nil {
      progress[index].failure = PublishedTarget.Failure(kind: .interrupted, message: words)
    }
    note(
      PublicationFault(
        .interrupted, path: nil, isFatal: true, "\(words); what was not finished is not published"))
  }

  /// What it came to: 0 for published (or built), 1 where something failed, 2 where the caches that readers use could
  /// not be asked, 69 where the client is missing.
  public var exitCode: UInt8 {
    let fatal = Set(faults.filter(\.isFatal).map(\.code))
    if fatal.contains(.init(.clientMissing)) { return 69 }
    if !fatal.subtracting([.init(.readSideUnreachable)]).isEmpty { return 1 }
    return fatal.isEmpty ? 0 : 2
  }

  /// The record of it.
  ///
  /// - Parameters:
  ///   - signal: the signal that ended it, if one did.
  ///   - exitCode: the code that this process exits with.
  public func record(
    id: RunID, started: Date, finished: Date, by program: String, on runner: Runner,
    about occasion: Occasion?, shard: Shard?,
    endedBy signal: Int32?, exitCode: UInt8
  ) -> Publication {
    let state: PublicationState =
      signal != nil ? .interrupted : exitCode != 0 ? .failed : order.destination == nil ? .built : .published
    return Publication(
      head: PublicationHead(
        id: id, started: started, finished: finished, state: state, exitCode: exitCode, program: program,
        publisher: NixModel.Publisher(
          runner: runner, nix: version ?? "unknown", system: system ?? "unknown"), occasion: occasion,
        destination: order.destination?.recorded(readAt: order.readSide), shard: shard),
      targets: progress.map { progress in
        PublishedTarget(
          installable: "\(progress.installable.redacted)", outcome: progress.outcome,
          derivation: progress.target?.derivation,
          outputs: progress.target?.outputs.map { PublishedTarget.Output(name: $0.name, path: $0.path) }
            ?? [],
          milliseconds: progress.milliseconds, failure: progress.failure)
      },
      paths: needed.map { needed in
        var (isServed, servedBy): (Bool?, SubstituterURL?) = (nil, nil)
        switch needed.reading {
        case .served(let cache, _): (isServed, servedBy) = (true, cache)
        case .lacking: isServed = false
        case .unknown, nil: break
        }
        return PublishedPath(
          path: needed.entry.path, role: needed.role, outcome: needed.entry.outcome(copied),
          published: needed.published, isServed: isServed, servedBy: servedBy,
          narSize: needed.entry.registration.narSize)
      },
      faults: faults, cgroup: group?.figures(since: figuresBefore))
  }
}

extension Target {
  /// What Nix is asked for.
  var goal: Realization.Goal? {
    switch resolution {
    case .derivation(let path, _, let outputs): .outputs(outputs.map(\.name), of: path)
    case .path(let path): .path(path)
    }
  }
}
