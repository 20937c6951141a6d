/// A step of a proof or a forecast, for the display of progress.
public enum ProgressEvent: Sendable {
  /// The runner is known.
  case environment(RunnerEnvironment)
  /// The targets are resolved, or not.
  case resolved([Target], [UnresolvedTarget])
  /// The substituters are being asked.
  case surveying(SurveyProgress)
  /// The substituters have answered.
  case surveyed(Survey)
  /// Nix starts.
  case realizing
  /// Nix's log says something.
  case log(LogEvent)
}
