/// The result of evaluating installables: those that resolved, those that did not, and the evaluation's log.
public struct Resolution: Hashable, Sendable {
  /// Those that resolved.
  public var targets: [Target]
  /// Those that did not.
  public var unresolved: [UnresolvedTarget]
  /// The evaluation's log: it can copy and build (import from derivation).
  public var log: LogTestimony

  /// The result of an evaluation.
  public init(
    targets: [Target] = [], unresolved: [UnresolvedTarget] = [], log: LogTestimony = .silent
  ) {
    self.targets = targets
    self.unresolved = unresolved
    self.log = log
  }

  /// The installables that are store paths already: they resolve to themselves, and need no Nix.
  public init(paths installables: [Installable]) {
    self.init(
      targets: installables.compactMap { installable in
        guard case .path(let path) = installable else { return nil }
        return Target(installable: installable, resolution: .path(path))
      })
  }

  /// Adds the result of an evaluation that ran beside this one.
  public mutating func append(_ other: Resolution) {
    targets += other.targets
    unresolved += other.unresolved
    log = log.followed(by: other.log)
  }
}

// Evaluated code names things as it likes, and can give a secret of the runner for a name. A name cannot be masked
// and still be a path, so nothing of such a thing goes any further.

extension Resolution {
  /// The same without targets whose paths hold a secret; they count as not resolved.
  public var withoutSecrets: Resolution {
    var other = self
    other.targets.removeAll(where: \.holdsSecret)
    other.unresolved += targets.filter(\.holdsSecret).map {
      UnresolvedTarget(
        installable: $0.installable,
        error: "evaluation gave a secret of this runner for a name, so nothing of it is asked for or recorded"
      )
    }
    return other
  }
}

extension DerivationGraph {
  /// The same without derivations that name a secret.
  public var withoutSecrets: DerivationGraph {
    DerivationGraph(
      derivations.filter { path, derivation in
        !path.holdsSecret && !derivation.outputs.values.contains { $0?.holdsSecret == true }
          && !derivation.inputDerivations.keys.contains(where: \.holdsSecret)
          && !derivation.inputSources.contains(where: \.holdsSecret)
      })
  }
}

extension Target {
  fileprivate var holdsSecret: Bool {
    derivation?.holdsSecret == true || outputs.contains { $0.path.holdsSecret }
  }
}

extension StorePath {
  fileprivate var holdsSecret: Bool { Redaction.holdsKnown(description) }
}
