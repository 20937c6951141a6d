/// The testimony of one witness, or the judge's outcomes, as it is recorded.
public enum Deposition: Hashable, Sendable {
  /// The runner.
  case environment(RunnerEnvironment)
  /// The store before anything began.
  case baseline(Baseline)
  /// The targets that evaluation resolved, and those that it did not.
  case resolution([Target], [UnresolvedTarget])
  /// The store after evaluation, before anything is realized.
  case presence(Heard<[StorePath: Presence]>)
  /// The substituters before.
  case survey(Survey)
  /// Nix's log.
  case log(LogTestimony)
  /// The derivations that the targets are built from, as far as they were read.
  case derivations(DerivationGraph)
  /// The store afterwards.
  case registrations(Heard<[StorePath: Registration]>)
  /// The outcome of every path that the targets needed.
  case outcomes([StorePath: Outcome])
}
