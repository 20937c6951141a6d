/// The result of recomputing all digests of a store.
public struct Verification: Hashable, Sendable {
  /// How many runs it holds.
  public var runs = 0
  /// How many of them are publications.
  public var publications = 0
  /// How many of them are builds of ephemeral builders.
  public var builds = 0
  /// How many links its chain has.
  public var links = 0
  /// How many runs were dropped from it because of their age.
  public var dropped = 0
  /// The last link: kept elsewhere, it shows later that nothing was cut off since.
  public var head: Head?
  /// The number of runs with a signature of a key that was asked for; `nil` if no key was.
  public var signed: Int?
  /// The differences from the record, in the order of the chain; the first is about the first record
  /// concerned.
  public var defects: [Defect] = []

  /// Nothing yet.
  public init() {}

  /// Whether everything is as it was recorded.
  public var isIntact: Bool { defects.isEmpty }

  /// The end of a chain.
  public struct Head: Hashable, Sendable {
    /// The link's number.
    public let link: Int64
    /// Its digest, as 64 hexadecimal digits.
    public let digest: String

    /// The end of a chain.
    public init(link: Int64, digest: String) { (self.link, self.digest) = (link, digest) }
  }

  /// Something that is not as it was recorded.
  public enum Defect: Hashable, Sendable {
    /// A link does not have the digest that it was sealed with.
    case linkChanged(Int64)
    /// Links are missing: there is none with these numbers.
    case linksRemoved(ClosedRange<Int64>)
    /// The last links are missing; this is the last that is there, and as many there were.
    case endRemoved(last: Int64, of: Int64)
    /// A run differs from its sealed record.
    case runChanged(RunID, link: Int64)
    /// A run was never sealed.
    case runInserted(RunID)
    /// A run that was sealed is not there; its number.
    case runRemoved(Int64, link: Int64)
    /// A run that was dropped because of its age is there again.
    case runReturned(RunID, link: Int64)
    /// Rows of a table belong to no run.
    case strayRows(table: String, count: Int)
    /// Entries of a dictionary are used by no run.
    case strayEntries(dictionary: String, count: Int)
    /// A table by which runs are found disagrees with the runs.
    case indexChanged(table: String, count: Int)
    /// A table, view, index or trigger is not that of the schema.
    case schemaChanged(name: String)
    /// The database itself is damaged; SQLite's words.
    case damaged(String)
    /// The chain has no link with the digest that was asked for.
    case headMissing(String)
    /// A run carries no signature of a key that was asked for.
    case unsigned(RunID)
  }
}
