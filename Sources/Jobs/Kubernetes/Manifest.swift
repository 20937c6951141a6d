import Yams

/// One document of a manifest.
public enum Manifest: Hashable, Sendable {
  case configMap(ConfigMap)
  case job(Job)
  case cronJob(CronJob)

  /// The document in YAML, without the line that separates it from others.
  public var yaml: String {
    get throws {
      let encoder = YAMLEncoder()
      encoder.options.width = -1
      // An escaped script would be unreadable. Unicode and literal blocks keep it as it is.
      encoder.options.allowUnicode = true
      encoder.options.newLineScalarStyle = .literal
      let text =
        switch self {
        case .configMap(let configMap): try encoder.encode(configMap)
        case .job(let job): try encoder.encode(job)
        case .cronJob(let cronJob): try encoder.encode(cronJob)
        }
      guard let node = try Yams.compose(yaml: text) else { return text }
      return try Yams.serialize(node: node.withUnmistakableText, width: -1, allowUnicode: true)
    }
  }
}

extension Sequence<Manifest> {
  /// All documents in one text, as `kubectl create -f -` accepts them.
  public var yaml: String {
    get throws { try map { try $0.yaml }.joined(separator: "---\n") }
  }
}

extension Node {
  /// The same node, with quotes around every text that some reader of YAML could take for another type.
  ///
  /// The encoder quotes only a text that its own reader would misread. Other readers take `y` for true and
  /// `-.5` for a number.
  fileprivate var withUnmistakableText: Node {
    switch self {
    case .scalar(var scalar):
      let isPlain = scalar.style == .plain || scalar.style == .any
      if isPlain, scalar.string.isMistakable, tag.isText { scalar.style = .singleQuoted }
      return .scalar(scalar)
    case .mapping(var mapping):
      for (key, value) in mapping { mapping[key] = value.withUnmistakableText }
      return .mapping(mapping)
    case .sequence(var sequence):
      for index in sequence.indices { sequence[index] = sequence[index].withUnmistakableText }
      return .sequence(sequence)
    case .alias: return self
    }
  }
}

extension Tag {
  fileprivate var isText: Bool { self == Tag(.str) }
}

extension String {
  /// Whether it is anything but a plain word, a path or an option.
  fileprivate var isMistakable: Bool {
    guard !["y", "n"].contains(lowercased()) else { return true }
    return prefixMatch(of: /-{0,2}[A-Za-z]|\//) == nil
  }
}
