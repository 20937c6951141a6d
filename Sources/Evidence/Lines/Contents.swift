import NixModel

/// The items of a record's entries, by kind.
package struct Contents: Sendable {
  private var items: [EntryKind: [JSON]] = [:]

  package init() {}

  package init(_ entries: some Sequence<Entry>) {
    for entry in entries { add(entry) }
  }

  /// The entries of these kinds alone.
  func keeping(_ kinds: Set<EntryKind>) -> Contents {
    var some = Contents()
    some.items = items.filter { kinds.contains($0.key) }
    return some
  }

  /// Adds the next entry. Entries of one kind must come in their order.
  package mutating func add(_ entry: Entry) { items[entry.kind, default: []] += entry.items }

  /// The items of a kind; `nil` where the record has no entry of it.
  package func items(ifAny kind: EntryKind) -> [JSON]? { items[kind] }

  package func items(_ kind: EntryKind) throws(JSON.Flaw) -> [Item] {
    var read: [Item] = []
    for item in items[kind] ?? [] { read.append(try Item(item)) }
    return read
  }

  /// The one item of a kind, if the record has it.
  package func item(ifAny kind: EntryKind) throws(JSON.Flaw) -> Item? {
    guard let found = items[kind] else { return nil }
    guard found.count == 1, let only = found.first else {
      throw JSON.Flaw(words: "it has \(found.count) of '\(kind.rawValue)', and not one")
    }
    return try Item(only)
  }

  package func item(_ kind: EntryKind) throws(JSON.Flaw) -> Item {
    guard let item = try item(ifAny: kind) else {
      throw JSON.Flaw(words: "its '\(kind.rawValue)' is missing")
    }
    return item
  }
}
