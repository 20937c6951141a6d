import Foundation
public import NixModel

extension NixProgram {
  /// What came of an evaluation: a target or Nix's error, and its log.
  public typealias Resolved = (result: Result<Target, NixEvaluationError>, log: LogTestimony)

  /// Told each event of an evaluation's log as it comes; a derivation in return ends Nix.
  public typealias Listener = @Sendable (LogEvent) -> StorePath?

  /// Resolves an installable to its derivation and chosen output paths, without building it.
  ///
  /// Evaluation writes the derivations into the store. It builds only where the expression itself asks for
  /// it (import from derivation); the log that comes back says so.
  public func resolve(
    _ installable: Installable, listener: @escaping Listener = { _ in nil }
  ) async -> Resolved {
    switch installable {
    case .path(let path):
      return (.success(Target(installable: installable, resolution: .path(path))), .silent)
    case .derivation(let path, let outputs):
      return (target(installable, of: path, choosing: outputs), .silent)
    case .flake(let reference, let attribute, let outputs):
      // A proof changes nothing in a checkout: an input that is not locked is resolved, and not written.
      return await evaluate(
        installable,
        ["--no-write-lock-file", attribute.isEmpty ? reference : "\(reference)#\(attribute)"], outputs,
        listener)
    case .file(let file, let attribute, let outputs):
      return await evaluate(
        installable, ["-f", file] + (attribute.isEmpty ? [] : [attribute]), outputs, listener)
    }
  }

  /// Resolves several attributes of one file in one evaluation, which costs what one does.
  ///
  /// - Returns: `nil` where they are not of one file, where an attribute is more than plain names, or where
  ///   anything fails: which of them failed, and how, is for ``resolve(_:)`` to find out.
  public func resolveTogether(
    _ installables: [Installable], listener: @escaping Listener = { _ in nil }
  ) async -> [Resolved]? {
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
    let answer = await evaluate(["-f", file], expression, listener)
    if case .stopped = answer.log.ending {
      // We ended it: each on its own would end the same way.
      let message = answer.log.ending.evaluationMessage(after: answer.message) ?? answer.message
      let error = NixEvaluationError(message: message)
      return installables.enumerated().map { (.failure(error), $0.offset == 0 ? answer.log : .silent) }
    }
    guard answer.log.ending == .exited(code: 0),
      let all = try? JSONDecoder().decode([Evaluated].self, from: Data(answer.output)),
      all.count == installables.count
    else { return nil }
    return zip(installables, all).enumerated().map { index, pair in
      (target(pair.0, pair.1, choosing: pair.0.outputs), index == 0 ? answer.log : .silent)
    }
  }

  /// Attribute paths that need no quoting.
  private static var plainNames: some RegexComponent {
    /[A-Za-z_][A-Za-z0-9_'-]*(?:\.[A-Za-z_][A-Za-z0-9_'-]*)*/
  }

  /// Calls a function of a file with its defaults, as `-f` does along an attribute path.
  private static let call = "(value: if builtins.isFunction value then value { } else value)"

  private func evaluate(
    _ place: [String], _ expression: String, _ listener: @escaping Listener
  ) async -> Launcher.Answer {
    await launcher.hear(
      ["eval", "--json"] + store + place + ["--apply", expression], Hearing.Manner(event: listener))
  }

  private func evaluate(
    _ installable: Installable, _ place: [String], _ outputs: OutputSelection,
    _ listener: @escaping Listener
  ) async -> Resolved {
    let answer = await evaluate(place, Evaluated.expression, listener)
    guard answer.log.ending == .exited(code: 0) else {
      let message = answer.log.ending.evaluationMessage(after: answer.message) ?? answer.message
      // An empty message would say that nothing was evaluated.
      return (
        .failure(NixEvaluationError(message: message.isEmpty ? "Nix did not say why" : message)), answer.log
      )
    }
    guard let evaluated = try? JSONDecoder().decode(Evaluated.self, from: Data(answer.output)) else {
      let error = NixError.unreadable(question: "nix eval", cause: "it is not the JSON of a derivation")
      return (.failure(NixEvaluationError(message: error.description)), answer.log)
    }
    return (target(installable, evaluated, choosing: outputs), answer.log)
  }

  private func target(
    _ installable: Installable, _ evaluated: Evaluated, choosing selection: OutputSelection
  ) -> Result<Target, NixEvaluationError> {
    guard let drvPath = evaluated.drvPath, let known = evaluated.outputs else {
      return .failure(
        NixEvaluationError(
          message: "it evaluates to \(evaluated.type ?? "something") and not to a derivation"))
    }
    guard let derivation = try? StorePath(parsing: drvPath), derivation.isDerivation else {
      return .failure(NixEvaluationError(message: "'\(drvPath.excerpt)' is not a derivation"))
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
  ) -> Result<Target, NixEvaluationError> {
    guard let content = location.derivation(derivation) else {
      return .failure(
        NixEvaluationError(message: "the derivation is not in the store at \(location.directory)"))
    }
    let names = content.outputs.keys.sorted()
    let paths = content.outputs.mapValues { $0?.description }
    return outputs(of: derivation, choosing: selection, selected: names, all: names, paths: paths).map {
      Target(
        installable: installable, resolution: .derivation(derivation, system: content.system, outputs: $0))
    }
  }

  /// The chosen outputs with their paths, chosen the same way whatever the version of Nix.
  private func outputs(
    of derivation: StorePath, choosing selection: OutputSelection, selected: [String], all: [String],
    paths: [String: String?]
  ) -> Result<[Target.Output], NixEvaluationError> {
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
          NixEvaluationError(
            message: "it has no output '\(name)'; its outputs are \(all.joined(separator: ", "))"))
      }
      guard let text = entry, let path = try? StorePath(parsing: text) else {
        // Evaluation gives a placeholder in its stead.
        let cause = location.unknownPath(of: name, in: derivation) ?? .floating
        return .failure(NixEvaluationError(message: cause.sentence(about: name)))
      }
      outputs.append(Target.Output(name: name, path: path))
    }
    guard !outputs.isEmpty else {
      return .failure(NixEvaluationError(message: "it has no outputs to install"))
    }
    return .success(outputs)
  }
}

/// Why an installable did not resolve, in Nix's words where it is Nix that refused.
public struct NixEvaluationError: Error, Hashable, Sendable {
  /// The message, without escapes and credentials.
  public let message: String
}

extension NixEnding {
  /// What ended an evaluation, where Nix's own last words do not say.
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

/// What the expression below gives of a derivation.
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
