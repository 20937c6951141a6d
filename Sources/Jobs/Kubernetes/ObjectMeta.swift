/// The name, labels and annotations of an object (`v1 ObjectMeta`).
public struct ObjectMeta: Encodable, Hashable, Sendable {
  var name: String?
  var namespace: String?
  var labels: StringMap?
  var annotations: StringMap?
}

/// A dictionary of texts. It is written in the order of its keys, so that one plan always gives the same
/// bytes.
struct StringMap: Encodable, Hashable, Sendable {
  private(set) var entries: [String: String]

  init(_ entries: [String: String]) { self.entries = entries }

  /// A map of these pairs. If several share a key, the last one stays.
  init(pairs: [(key: String, value: String)]) {
    entries = Dictionary(pairs.map { ($0.key, $0.value) }) { _, last in last }
  }

  subscript(key: String) -> String? {
    get { entries[key] }
    set { entries[key] = newValue }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
      try container.encode(value, forKey: Name(stringValue: key))
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
