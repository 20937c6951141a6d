/// The result of merging other evidence stores into one, in numbers of runs.
public struct MergeSummary: Hashable, Sendable {
  /// Those that were not there.
  public var imported: Int
  /// Those that were there in part: a copy was made while they were under way.
  public var completed: Int
  /// Those that were there as a whole.
  public var known: Int
  /// How many of those that were not there are publications.
  public var publications: Int

  /// So many; none, by default.
  public init(imported: Int = 0, completed: Int = 0, known: Int = 0, publications: Int = 0) {
    self.imported = imported
    self.completed = completed
    self.known = known
    self.publications = publications
  }

  /// All of them.
  public var runs: Int { imported + completed + known }

  /// Adds the result for another store.
  public static func += (sum: inout MergeSummary, other: MergeSummary) {
    sum.imported += other.imported
    sum.completed += other.completed
    sum.known += other.known
    sum.publications += other.publications
  }
}
