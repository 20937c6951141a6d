/// A request to Nix: the paths that it is to bring, and the means that it may use.
public struct Realization: Hashable, Sendable {
  /// The things to bring.
  public let goals: [Goal]
  /// Nix's permission where it cannot copy a path. With ``BuildMode/forbid`` it gets no build slots at all.
  public let builds: BuildMode
  /// How many lines the run's log has so far. Nix's lines are numbered from the next one.
  public let after: Int

  /// One thing to bring.
  public enum Goal: Hashable, Sendable {
    /// Outputs of a derivation, which Nix builds where it cannot copy them.
    case outputs([String], of: StorePath)
    /// A path, which Nix can only copy.
    case path(StorePath)
  }

  /// A request.
  public init(goals: [Goal], builds: BuildMode, after: Int = 0) {
    self.goals = goals
    self.builds = builds
    self.after = after
  }
}

/// Whether Nix may go on after an event of its log.
public enum Directive: Hashable, Sendable {
  /// It may.
  case goOn
  /// It is ended because it began to build this derivation.
  case end(StorePath)
}

extension Policy {
  /// Whether Nix may go on: with `--builds stop` it is ended at the first build that is not allowed.
  public func directive(after event: LogEvent) -> Directive {
    guard builds == .stop else { return .goOn }
    switch event.kind {
    case .buildStarted(let derivation), .buildStartedRemotely(let derivation, _):
      return allowsBuilding(derivation) ? .goOn : .end(derivation)
    case .copyStarted, .copyStopped, .transferred, .buildStopped, .resolved, .postBuildHook, .complaint,
      .progress, .builderSaid:
      return .goOn
    }
  }
}
