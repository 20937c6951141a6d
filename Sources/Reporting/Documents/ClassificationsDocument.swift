public import NixModel

/// `classify --json` of several logs: each with its name, in the order in which they were named.
public struct ClassificationsDocument: Document {
  private let schema = "warmth/classifications/v1"
  private let logs: [Entry]

  /// The document of `logs`.
  public init(_ logs: [NamedLog]) { self.logs = logs.map(Entry.init) }

  /// Either a classification or an error, never both.
  private struct Entry: Encodable {
    let name: String
    @OrNull var classification: ClassificationDocument?
    @OrNull var error: String?

    init(_ log: NamedLog) {
      name = log.name
      switch log.reading {
      case .success(let content): classification = ClassificationDocument(content)
      case .failure(let failure): error = Words.line(failure.message)
      }
    }
  }
}
