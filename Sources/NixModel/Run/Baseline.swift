/// The content of the store before anything of a run began, evaluation included. Everything beyond it came with the run.
/// No log is asked about that, because evaluated code can write into Nix's log.
public enum Baseline: Hashable, Sendable {
  /// The highest row of the database's `ValidPaths`; 0 where there was no store yet. Nix gives no row's number a
  /// second time (`autoincrement`).
  case row(Int64)
  /// The database could not be read, and Nix listed the valid paths; their number.
  case listed(paths: Int)
}
