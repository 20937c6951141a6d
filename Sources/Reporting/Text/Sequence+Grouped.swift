extension Sequence {
  /// The elements in groups with equal keys, in the order in which each key came first.
  func grouped<Key: Hashable>(by key: (Element) -> Key) -> [(key: Key, members: [Element])] {
    var order: [Key] = []
    var members: [Key: [Element]] = [:]
    for element in self {
      let key = key(element)
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(element)
    }
    return order.map { ($0, members[$0] ?? []) }
  }
}
