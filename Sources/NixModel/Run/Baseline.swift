/// What the store held before anything of a run began, evaluation included. Whatever is in it later beyond this
/// came with the run, and no log is asked about it: evaluated code can write into Nix's.
public enum Baseline: Hashable, Sendable {
  /// The highest row of the database's `ValidPaths`; 0 where there was no store yet. Nix gives no row's number a
  /// second time (`autoincrement`).
  case row(Int64)
  /// The database could not be read, and Nix listed the valid paths: so many.
  case listed(paths: Int)
}
