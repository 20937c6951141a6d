public import NixModel

/// `classify --json` of several logs: each with its name, in the order in which they were named.
public struct ClassificationsDocument: Document {
  private let schema = "warmth/classifications/v1"
  private let logs: [Entry]

  /// The document of `logs`.
  public init(_ logs: [(name: String, log: ClassifiedLog)]) {
    self.logs = logs.map { Entry(name: $0.name, classification: ClassificationDocument($0.log)) }
  }

  private struct Entry: Encodable {
    let name: String
    let classification: ClassificationDocument
  }
}
