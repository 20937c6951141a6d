public import NixModel

/// `audit paths --json`: what became of paths, in the order in which they are given. What a publication says of one
/// has `publication`, and no `outcome`.
public struct PathsDocument: Document {
  private let schema = "warmth/paths/v1"
  private let paths: [Entry]
  @OrNull private var next: String?

  /// The document of `paths`; `next` is where the list goes on.
  public init(_ paths: [PathRecord], next: ListPlace? = nil) {
    self.paths = paths.map(Entry.init)
    self.next = next?.description
  }

  private struct Entry: Encodable {
    let path: String
    @OrNull var outcome: String?
    @OrNull var from: String?
    @OrNull var narSize: UInt64?
    let run: String
    let started: String
    @OrNull var publication: PathPublicationPart?

    init(_ record: PathRecord) {
      path = record.path.description
      outcome = record.outcome?.word
      from = record.outcome?.origin
      narSize = record.narSize
      run = record.run.text
      started = Instant.iso8601(record.started)
      if case .publication(let said) = record.said { publication = PathPublicationPart(said) }
    }
  }
}
