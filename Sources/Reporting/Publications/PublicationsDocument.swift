public import NixModel

/// `audit runs --publications --json`: publications in the order in which they are given.
public struct PublicationsDocument: Document {
  private let schema = "warmth/publications/v1"
  private let publications: [Entry]
  @OrNull private var next: String?

  /// The document of `publications`; `next` is where the list goes on.
  public init(_ publications: [PublicationRecord], next: ListPlace? = nil) {
    self.publications = publications.map(Entry.init)
    self.next = next?.description
  }

  private struct Entry: Encodable {
    let id: String
    let started: String
    @OrNull var finished: String?
    let state: String
    let exitCode: UInt8
    let targets: [String]
    let paths: Int
    let pushed: Int
    let alreadyThere: Int
    let filtered: Int
    let failed: Int
    let notPushed: Int
    let served: Int
    let notServed: Int
    @OrNull var destination: DestinationPart?
    let host: String
    @OrNull var pod: String?
    let nix: String
    @OrNull var occasion: OccasionPart?

    init(_ record: PublicationRecord) {
      let (head, counts) = (record.head, record.counts)
      id = head.id.text
      started = Instant.iso8601(head.started)
      finished = head.finished.map { Instant.iso8601($0) }
      state = head.state.rawValue
      exitCode = head.exitCode
      targets = record.targets.map(Words.line)
      paths = counts.paths
      pushed = counts.pushed
      alreadyThere = counts.alreadyThere
      filtered = counts.filtered
      failed = counts.failed
      notPushed = counts.notPushed
      served = counts.served
      notServed = counts.notServed
      destination = head.destination.map(DestinationPart.init)
      host = Words.line(head.publisher.runner.host)
      pod = head.publisher.runner.pod.map(Words.line)
      nix = Words.line(head.publisher.nix)
      occasion = head.occasion.map(OccasionPart.init)
    }
  }
}

/// `audit runs --publications --csv`.
public struct PublicationsCSV: Sendable {
  private let publications: [PublicationRecord]

  /// The lines of `publications`, in their order.
  public init(_ publications: [PublicationRecord]) { self.publications = publications }

  /// The text. Columns keep their names and their order; new ones come last.
  public func render() -> String {
    CSV(
      columns: [
        "publication", "started", "finished", "state", "exit_code", "targets", "host", "pod", "nix", "kind",
        "cache", "server", "read_side", "repository", "ref", "branch", "revision", "pipeline", "page",
        "paths",
        "pushed", "already_there", "filtered", "failed", "not_pushed", "served", "not_served",
      ], rows: publications.map(row)
    ).render()
  }

  private func row(_ record: PublicationRecord) -> [CSV.Field] {
    let (head, counts) = (record.head, record.counts)
    let (destination, occasion) = (head.destination, head.occasion)
    return [
      .init(head.id.text), .init(Instant.iso8601(head.started)),
      .init(head.finished.map { Instant.iso8601($0) }), .init(head.state.rawValue), .init(head.exitCode),
      .init(record.targets.joined(separator: " ")), .init(head.publisher.runner.host),
      .init(head.publisher.runner.pod), .init(head.publisher.nix), .init(destination?.kind.rawValue),
      .init(destination?.cache), .init(destination?.server?.canonical),
      .init(destination?.readSide?.canonical), .init(occasion?.repository), .init(occasion?.ref),
      .init(occasion?.branch), .init(occasion?.revision), .init(occasion?.pipeline), .init(occasion?.page),
      .init(counts.paths), .init(counts.pushed), .init(counts.alreadyThere), .init(counts.filtered),
      .init(counts.failed), .init(counts.notPushed), .init(counts.served), .init(counts.notServed),
    ]
  }
}
