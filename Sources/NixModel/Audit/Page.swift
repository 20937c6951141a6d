/// A part of a list, and where it goes on.
public struct Page<Item: Sendable>: Sendable {
  /// The items on it.
  public let items: [Item]
  /// The last place on it, where there is more behind it.
  public let last: ListPlace?

  /// A page, and its last place, where there is more behind it.
  public init(_ items: [Item], last: ListPlace? = nil) {
    self.items = items
    self.last = last
  }

  /// The first `limit` of `items`, which holds one more where there is more.
  public init(of limit: Int, from items: [Item], place: (Item) -> ListPlace) {
    let shown = Array(items.prefix(limit))
    self.init(shown, last: items.count > limit ? shown.last.map(place) : nil)
  }
}

/// A place in a list that has the latest runs first: behind a run, or behind a path of it.
public struct ListPlace: Hashable, Sendable {
  /// The run.
  public let run: RunID
  /// The path, in a list of paths.
  public let path: StorePath?

  /// The place behind a run, or behind a path of it.
  public init(run: RunID, path: StorePath? = nil) {
    self.run = run
    self.path = path
  }
}

extension ListPlace: CustomStringConvertible {
  /// `20260503T120000Z-4k7xbq`, or `20260503T120000Z-4k7xbq/HASH-NAME`.
  public var description: String { path.map { "\(run)/\($0.baseName)" } ?? run.text }
}
