public import NixModel

/// `classify --json`: the content of a log.
public struct ClassificationDocument: Document {
  let value: Value

  /// The document of `log`.
  public init(_ log: ClassifiedLog) {
    value = .object([
      "schema": .text("warmth/classification/v1"),
      "format": .text(log.format.rawValue),
      "lines": .number(log.lines),
      "bytes": .number(log.bytes),
      "counts": .object([
        "copied": .number(log.copied), "built": .number(log.built),
        "builtRemotely": .number(log.builtRemotely),
      ]),
      // Paths of which a copy began, and none arrived.
      "failed": .number(log.failedCopies),
      // Lines with Nix's words that are not counted.
      "unclear": .number(log.unclear),
      // Damaged records.
      "unreadable": .number(log.unreadable),
      "events": .list(log.events.map(Value.event)),
    ])
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension Value {
  fileprivate static func event(_ event: ClassifiedLog.Event) -> Value {
    switch event {
    case .copy(let path, let from, let line):
      .object([
        "kind": .text("copy"), "path": .text(path.description), "from": .text(from), "line": .number(line),
      ])
    case .build(let derivation, let machine, let line):
      .object([
        "kind": .text("build"), "derivation": .text(derivation.description), "on": .text(machine),
        "line": .number(line),
      ])
    case .failure(let path, let message, let line):
      .object([
        "kind": .text("failure"), "path": .text(path?.description), "message": .text(message),
        "line": .number(line),
      ])
    }
  }
}
