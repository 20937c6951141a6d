public import NixModel

/// `classify --json` of several logs: each with its name, in the order in which they were named.
public struct ClassificationsDocument: Document {
  private let value: Value

  /// The document of `logs`.
  public init(_ logs: [NamedLog]) {
    value = .object([
      "schema": .text("warmth/classifications/v1"), "logs": .list(logs.map(Value.log)),
    ])
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension Value {
  /// A log with either a classification or an error, never both.
  fileprivate static func log(_ log: NamedLog) -> Value {
    switch log.reading {
    case .success(let content):
      .object([
        "name": .prose(log.name), "classification": ClassificationDocument(content).value,
        "error": .text(nil),
      ])
    case .failure(let failure):
      .object(["name": .prose(log.name), "classification": .object(nil), "error": .text(failure.message)])
    }
  }
}
