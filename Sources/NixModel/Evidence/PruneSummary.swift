/// The runs that were dropped from a store because of their age.
public struct PruneSummary: Hashable, Sendable {
  /// The runs, in the order in which they were recorded.
  public var dropped: [RunID]
  /// How many runs are left.
  public var kept: Int
  /// How many links of the chain were cut off with them.
  public var links: Int

  /// So much; nothing, by default.
  public init(dropped: [RunID] = [], kept: Int = 0, links: Int = 0) {
    self.dropped = dropped
    self.kept = kept
    self.links = links
  }
}
