/// One witness's testimony, or what the judge made of the paths, as it is recorded.
public enum Deposition: Hashable, Sendable {
  /// The runner.
  case environment(RunnerEnvironment)
  /// The store before anything began.
  case baseline(Baseline)
  /// What evaluation resolved, and what it did not.
  case resolution([Target], [UnresolvedTarget])
  /// The store after evaluation, before anything is realized.
  case presence(Heard<[StorePath: Presence]>)
  /// The substituters before.
  case survey(Survey)
  /// Nix's log.
  case log(LogTestimony)
  /// What the targets are built from, as far as it was read.
  case derivations(DerivationGraph)
  /// The store afterwards.
  case registrations(Heard<[StorePath: Registration]>)
  /// What became of every path that the targets needed.
  case outcomes([StorePath: Outcome])
}
