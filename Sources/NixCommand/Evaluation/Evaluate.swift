import Foundation
import NixModel

/// Evaluates installables in as few processes as it can. A set of attributes is taken apart into its derivations, and each
/// attribute that fails is told for itself.
///
/// A piece of several attributes that fails as a whole is halved until the one is found that fails it. So one bad
/// attribute among hundreds costs a few evaluations, and hundreds of good ones cost few processes.
struct Evaluator {
  private let program: NixProgram
  private let event: NixProgram.Listener
  private var found: [Found] = []
  private var log = LogTestimony.silent
  /// How many pieces failed as a whole.
  private var failures = 0
  /// How many attributes that throw were asked for Nix's words.
  private var quoted = 0

  /// How many failing pieces are halved, and how many errors are quoted, before the rest is told without more ado.
  private static let mostFailures = 96
  private static let mostQuoted = 24

  /// What became of an attribute.
  private struct Found {
    let position: [Int]
    let installable: Installable
    let result: Result<Target, EvaluationError>
  }

  /// Attributes of one root, for one process.
  private struct Piece {
    var items: [EvaluationItem]
    var isAlone: Bool
  }

  /// The answer about a piece.
  private struct Heard {
    let piece: Piece
    let command: CommandResult
    /// The names in its only item, where that failed and is a set.
    var names: (command: CommandResult, names: [String]?)?
  }

  init(_ program: NixProgram, _ event: @escaping NixProgram.Listener) {
    self.program = program
    self.event = event
  }

  /// The result for `installables`, in their order.
  mutating func resolution(of installables: [Installable]) async -> Resolution {
    var items: [EvaluationItem] = []
    for (position, installable) in installables.enumerated() {
      switch installable.plain {
      case .path(let path):
        note(installable, [position], .success(Target(installable: installable, resolution: .path(path))))
      case .derivation(let path, let outputs):
        note(installable, [position], program.target(installable, of: path, choosing: outputs))
      case .flake, .file, .expression, .flagged:
        items.append(
          EvaluationItem(
            installable, at: position, sharingFlakes: program.version >= NixProgram.sharesFlakesSince))
      }
    }
    var pieces = Self.pieces(of: items)
    var isFirst = program.hasNoStoreYet
    while !pieces.isEmpty {
      // Two evaluations at once make Nix lay out a new store twice, and one of them fails over it.
      let now = isFirst ? Array(pieces.prefix(1)) : pieces
      var next = isFirst ? Array(pieces.dropFirst()) : []
      isFirst = false
      let ask = Asker(program: program, event: event)
      for heard in await now.concurrentlyMapped(atOnce: Self.atOnce, { await ask.hear($0) }) {
        next += take(heard)
      }
      pieces = next
    }
    var resolution = Resolution(log: log)
    var known: Set<Installable> = []
    for one in found.sorted(by: { $0.position.lexicographicallyPrecedes($1.position) })
    where known.insert(one.installable).inserted {
      switch one.result {
      case .success(let target): resolution.targets.append(target)
      case .failure(let error):
        resolution.unresolved.append(UnresolvedTarget(installable: one.installable, error: error.message))
      }
    }
    return resolution
  }

  /// An evaluation of nixpkgs takes a core and a gigabyte.
  private static var atOnce: Int {
    let memory = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    let available = memory.firstMatch(of: /MemAvailable:\s+([0-9]+) kB/).flatMap { Int($0.1) }
    let cores = ProcessInfo.processInfo.activeProcessorCount
    return max(1, min(cores, available.map { $0 >> 20 } ?? cores))
  }

  /// The items by their roots, each piece small enough for one process.
  private static func pieces(of items: [EvaluationItem]) -> [Piece] {
    var order: [EvaluationRoot] = []
    var groups: [EvaluationRoot: [EvaluationItem]] = [:]
    for item in items {
      if groups[item.root] == nil { order.append(item.root) }
      groups[item.root, default: []].append(item)
    }
    return order.flatMap { root -> [Piece] in
      let group = groups[root] ?? []
      guard group.count > 1 else { return [Piece(items: group.map(\.alone), isAlone: true)] }
      return stride(from: 0, to: group.count, by: Evaluated.most).map {
        Piece(items: Array(group[$0..<min($0 + Evaluated.most, group.count)]), isAlone: false)
      }
    }
  }

  private mutating func note(
    _ installable: Installable, _ position: [Int], _ result: Result<Target, EvaluationError>
  ) {
    found.append(Found(position: position, installable: installable, result: result))
  }

  private mutating func note(_ item: EvaluationItem, _ message: String) {
    note(item.installable, item.position, .failure(EvaluationError(message: message)))
  }

  private mutating func hear(_ command: CommandResult) {
    log = log.followed(by: command.log)
    command.part?.finish()
  }

  /// - Returns: the pieces that are to be evaluated next because of it.
  private mutating func take(_ heard: Heard) -> [Piece] {
    hear(heard.command)
    let items = heard.piece.items
    if heard.command.log.ending == .exited(code: 0) {
      let answers = try? JSONDecoder().decode([[Evaluated]].self, from: Data(heard.command.output))
      guard let answers, answers.count == items.count else {
        let error = NixError.unreadable(question: "nix eval", cause: "it is not the JSON of derivations")
        for item in items { note(item, error.description) }
        return []
      }
      return zip(items, answers).flatMap { take($1, about: $0) }
    }
    let message = Self.message(of: heard.command)
    if let (command, names) = heard.names {
      hear(command)
      if let item = items.first, let names { return open(item, names) }
    }
    failures += 1
    guard items.count > 1, failures < Self.mostFailures, !Task.isCancelled else {
      for item in items { note(item, message) }
      return []
    }
    let half = items.count / 2
    return [items[..<half], items[half...]].map { part in
      part.count == 1
        ? Piece(items: part.map(\.alone), isAlone: true) : Piece(items: Array(part), isAlone: false)
    }
  }

  private mutating func take(_ answers: [Evaluated], about item: EvaluationItem) -> [Piece] {
    var next: [Piece] = []
    for (place, answer) in answers.enumerated() {
      let one = answer.at.isEmpty ? item : item.attribute(answer.at, at: place)
      if answer.drvPath != nil {
        note(
          one.installable, one.position,
          program.target(one.installable, answer, choosing: one.installable.outputs))
      } else if let names = answer.names {
        next += open(one, names)
      } else if answer.throwsError == true {
        quoted += 1
        guard quoted <= Self.mostQuoted else {
          note(
            one,
            "an error is thrown in it, as in \(Self.mostQuoted) others before it, of which Nix's words are told"
          )
          continue
        }
        var alone = one.alone
        alone.isKnownToThrow = true
        next.append(Piece(items: [alone], isAlone: true))
      } else {
        note(one, "it evaluates to \(answer.type ?? "something") and not to a derivation")
      }
    }
    if answers.isEmpty, item.isNamed {
      note(
        item,
        "it evaluates to a set without derivations; sets in it are taken apart only where they say recurseForDerivations = true, and can be named themselves"
      )
    }
    return next
  }

  /// The attributes of a set, piece by piece.
  private mutating func open(_ item: EvaluationItem, _ names: [String]) -> [Piece] {
    guard names.count <= TargetList.longest else {
      note(item, "it is a set of \(names.count) attributes, and a run is of \(TargetList.longest) at most")
      return []
    }
    return Self.pieces(of: names.enumerated().map { item.attribute([$1], at: $0) })
  }

  private static func message(of command: CommandResult) -> String {
    let message = command.log.ending.evaluationMessage(after: command.message) ?? command.message
    // An empty message would say that nothing was evaluated.
    return message.isEmpty ? "Nix did not say why" : message
  }

  /// Asks Nix about a piece.
  private struct Asker: Sendable {
    let program: NixProgram
    let event: NixProgram.Listener

    func hear(_ piece: Piece) async -> Heard {
      guard let item = piece.items.first else {
        return Heard(piece: piece, command: CommandResult(output: [], log: .silent, otherText: ""))
      }
      let command = await evaluate(
        item.root, Evaluated.expression(for: piece.items, isAlone: piece.isAlone, on: program.system))
      guard piece.items.count == 1, !item.isKnownToThrow, case .exited(let code) = command.log.ending,
        code != 0, !Task.isCancelled
      else { return Heard(piece: piece, command: command) }
      // It may be a set, in which one attribute fails.
      let listing = await evaluate(item.root, Evaluated.names(in: item, on: program.system))
      let names = try? JSONDecoder().decode([String]?.self, from: Data(listing.output))
      return Heard(piece: piece, command: command, names: (listing, names ?? nil))
    }

    private func evaluate(_ root: EvaluationRoot, _ expression: String) async -> CommandResult {
      await program.launcher.hear(
        ["eval", "--json"] + program.store + root.arguments + ["--apply", expression],
        Hearing.Manner(waitsForTurn: true, event: event))
    }
  }
}

extension NixProgram {
  /// Since which version `FLAKE#.` means all outputs of a flake.
  fileprivate static let sharesFlakesSince = NixVersion(2, 26)

  fileprivate func target(
    _ installable: Installable, _ evaluated: Evaluated, choosing selection: OutputSelection
  ) -> Result<Target, EvaluationError> {
    guard let drvPath = evaluated.drvPath, let known = evaluated.outputs,
      let derivation = try? StorePath(parsing: drvPath), derivation.isDerivation
    else {
      return .failure(
        EvaluationError(message: "'\((evaluated.drvPath ?? "").excerpt)' is not a derivation"))
    }
    let paths = Dictionary(known.map { ($0.name, Optional($0.path)) }) { first, _ in first }
    return outputs(
      of: derivation, choosing: selection, selected: evaluated.selected ?? known.map(\.name),
      all: known.map(\.name), paths: paths
    ).map {
      Target(
        installable: installable,
        resolution: .derivation(derivation, system: evaluated.system ?? "", outputs: $0))
    }
  }

  fileprivate func target(
    _ installable: Installable, of derivation: StorePath, choosing selection: OutputSelection
  ) -> Result<Target, EvaluationError> {
    guard let content = location.derivation(derivation) else {
      return .failure(
        EvaluationError(message: "the derivation is not in the store at \(location.directory)"))
    }
    let names = content.outputs.keys.sorted()
    let paths = content.outputs.mapValues { $0?.description }
    return outputs(of: derivation, choosing: selection, selected: names, all: names, paths: paths).map {
      Target(
        installable: installable, resolution: .derivation(derivation, system: content.system, outputs: $0))
    }
  }

  /// The chosen outputs with their paths. The choice is the same with every version of Nix.
  private func outputs(
    of derivation: StorePath, choosing selection: OutputSelection, selected: [String], all: [String],
    paths: [String: String?]
  ) -> Result<[Target.Output], EvaluationError> {
    let names =
      switch selection {
      case .selected: selected
      case .all: all
      case .named(let names): names
      }
    var outputs: [Target.Output] = []
    for name in names {
      guard let entry = paths[name] else {
        return .failure(
          EvaluationError(
            message: "it has no output '\(name)'; its outputs are \(all.joined(separator: ", "))"))
      }
      guard let text = entry, let path = try? StorePath(parsing: text) else {
        // Evaluation gives a placeholder in its stead.
        let cause = location.unknownPath(of: name, in: derivation) ?? .floating
        return .failure(EvaluationError(message: cause.sentence(about: name)))
      }
      outputs.append(Target.Output(name: name, path: path))
    }
    guard !outputs.isEmpty else {
      return .failure(EvaluationError(message: "it has no outputs to install"))
    }
    return .success(outputs)
  }
}

/// Why an installable did not resolve, in Nix's words where it is Nix that refused.
private struct EvaluationError: Error {
  /// The message, without escapes and credentials.
  let message: String
}

extension NixEnding {
  /// Why an evaluation ended, where Nix's own last words do not say it.
  fileprivate func evaluationMessage(after lastWords: String) -> String? {
    switch self {
    case .stopped(let derivation):
      "the evaluation itself began to build \(derivation) (import from derivation), which is not allowed, and was ended"
    case .signalled(let number):
      "\(signalPhrase(number)) ended the evaluation"
        + (lastWords.isEmpty ? "" : "; Nix's last words: \(lastWords)")
    case .failedToStart(let cause): "Nix could not be run: \(cause)"
    case .exited, .notStarted, .timedOut, .interrupted: nil
    }
  }
}
