import Foundation
import NixModel

extension NixProgram {
  /// Resolves one installable.
  func resolve(_ installable: Installable, _ event: @escaping Listener) async -> Evaluation {
    switch installable {
    case .path: return Evaluation(resolution: Resolution(paths: [installable]))
    case .derivation(let path, let outputs):
      return Evaluation(resolution: Resolution(installable, target(installable, of: path, choosing: outputs)))
    case .flake(let reference, let attribute, let outputs):
      // A proof changes nothing in a checkout: an input that is not locked is resolved, and not written.
      return await evaluate(
        installable,
        ["--no-write-lock-file", attribute.isEmpty ? reference : "\(reference)#\(attribute)"], outputs, event)
    case .file(let file, let attribute, let outputs):
      return await evaluate(
        installable, ["-f", file] + (attribute.isEmpty ? [] : [attribute]), outputs, event)
    }
  }

  /// Resolves several attributes of one file in one evaluation, which costs as much as the evaluation of one.
  ///
  /// - Returns: `nil` where they are not of one file, where an attribute is more than plain names, or where anything
  ///   fails: ``resolve(_:_:)`` finds out which of them failed, and how.
  func resolveTogether(_ installables: [Installable], _ event: @escaping Listener) async -> Evaluation? {
    var files: Set<String> = []
    var attributes: [String] = []
    for installable in installables {
      guard case .file(let file, let attribute, _) = installable,
        attribute.wholeMatch(of: Self.plainNames) != nil
      else { return nil }
      files.insert(file)
      attributes.append("[ \(attribute.split(separator: ".").map { "\"\($0)\"" }.joined(separator: " ")) ]")
    }
    guard let file = files.first, files.count == 1, installables.count > 1 else { return nil }
    let expression = """
      root: map
        (path: (\(Evaluated.expression)) (builtins.foldl'
          (value: name: let called = \(Self.call) value; in \(Self.call) called.${name}) root path))
        [ \(attributes.joined(separator: " ")) ]
      """
    let answer = await evaluate(["-f", file], expression, event)
    if case .stopped = answer.log.ending {
      // We ended it: each on its own would end the same way.
      let message = answer.log.ending.evaluationMessage(after: answer.message) ?? answer.message
      return Evaluation(
        resolution: Resolution(
          unresolved: installables.map { UnresolvedTarget(installable: $0, error: message) }, log: answer.log),
        part: answer.part)
    }
    guard answer.log.ending == .exited(code: 0),
      let all = try? JSONDecoder().decode([Evaluated].self, from: Data(answer.output)),
      all.count == installables.count
    else { return nil }
    var resolution = Resolution(log: answer.log)
    for (installable, evaluated) in zip(installables, all) {
      resolution.note(installable, target(installable, evaluated, choosing: installable.outputs))
    }
    return Evaluation(resolution: resolution, part: answer.part)
  }

  /// Attribute paths that need no quoting.
  private static var plainNames: some RegexComponent {
    /[A-Za-z_][A-Za-z0-9_'-]*(?:\.[A-Za-z_][A-Za-z0-9_'-]*)*/
  }

  /// Calls a function of a file with its defaults, as `-f` does along an attribute path.
  private static let call = "(value: if builtins.isFunction value then value { } else value)"

  private func evaluate(
    _ place: [String], _ expression: String, _ event: @escaping Listener
  ) async -> CommandResult {
    await launcher.hear(
      ["eval", "--json"] + store + place + ["--apply", expression],
      Hearing.Manner(waitsForTurn: true, event: event))
  }

  private func evaluate(
    _ installable: Installable, _ place: [String], _ outputs: OutputSelection, _ event: @escaping Listener
  ) async -> Evaluation {
    let answer = await evaluate(place, Evaluated.expression, event)
    let result: Result<Target, EvaluationError>
    if answer.log.ending != .exited(code: 0) {
      let message = answer.log.ending.evaluationMessage(after: answer.message) ?? answer.message
      // An empty message would say that nothing was evaluated.
      result = .failure(EvaluationError(message: message.isEmpty ? "Nix did not say why" : message))
    } else if let evaluated = try? JSONDecoder().decode(Evaluated.self, from: Data(answer.output)) {
      result = target(installable, evaluated, choosing: outputs)
    } else {
      let error = NixError.unreadable(question: "nix eval", cause: "it is not the JSON of a derivation")
      result = .failure(EvaluationError(message: error.description))
    }
    return Evaluation(resolution: Resolution(installable, result, answer.log), part: answer.part)
  }

  private func target(
    _ installable: Installable, _ evaluated: Evaluated, choosing selection: OutputSelection
  ) -> Result<Target, EvaluationError> {
    guard let drvPath = evaluated.drvPath, let known = evaluated.outputs else {
      return .failure(
        EvaluationError(
          message: "it evaluates to \(evaluated.type ?? "something") and not to a derivation"))
    }
    guard let derivation = try? StorePath(parsing: drvPath), derivation.isDerivation else {
      return .failure(EvaluationError(message: "'\(drvPath.excerpt)' is not a derivation"))
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

  private func target(
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

extension Resolution {
  /// The resolution of one installable.
  fileprivate init(
    _ installable: Installable, _ result: Result<Target, EvaluationError>, _ log: LogTestimony = .silent
  ) {
    self.init(log: log)
    note(installable, result)
  }

  fileprivate mutating func note(_ installable: Installable, _ result: Result<Target, EvaluationError>) {
    switch result {
    case .success(let target): targets.append(target)
    case .failure(let error):
      unresolved.append(UnresolvedTarget(installable: installable, error: error.message))
    }
  }
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

/// The value of the expression below for a derivation.
private struct Evaluated: Decodable {
  struct Output: Decodable {
    let name: String
    let path: String
  }
  let type: String?
  let system: String?
  let drvPath: String?
  let outputs: [Output]?
  let selected: [String]?

  /// Which outputs are selected follows Nix ≥ 2.9 (`src/libexpr/get-drvs.cc`, `queryOutputs`): an
  /// attribute that names one (`pkg.dev`) means that one, else `meta.outputsToInstall`, else all. Nix 2.8
  /// would take the first alone; asking this way makes all versions agree.
  static let expression = """
    d: if builtins.isAttrs d && d.type or null == "derivation" then {
      system = d.system or "";
      drvPath = builtins.unsafeDiscardStringContext d.drvPath;
      outputs = map (name: {
        inherit name;
        path = builtins.unsafeDiscardStringContext d.${name}.outPath;
      }) (d.outputs or [ "out" ]);
      selected =
        if d.outputSpecified or false then [ d.outputName ]
        else d.meta.outputsToInstall or d.outputs or [ "out" ];
    } else { type = builtins.typeOf d; }
    """
}
