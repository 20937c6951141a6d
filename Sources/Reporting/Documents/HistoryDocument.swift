public import NixModel

/// `audit history --json`: what runs say of a target, in the order in which they are given.
public struct HistoryDocument: Document {
  private let schema = "warmth/history/v1"
  private let target: String
  private let runs: [Entry]
  @OrNull private var next: String?

  /// The document of a target's history; `next` is where it goes on.
  public init(_ lines: [TargetHistoryLine], of target: String, next: ListPlace? = nil) {
    self.target = Words.line(target)
    runs = lines.map(Entry.init)
    self.next = next?.description
  }

  private struct Entry: Encodable {
    let run: String
    let started: String
    let installable: String
    let state: String
    @OrNull var verdict: Verdict?
    let reasons: [ReasonCode]
    let from: [String]
    @OrNull var derivation: String?
    let paths: [String]
    @OrNull var narBytes: UInt64?
    @OrNull var downloadBytes: UInt64?
    @OrNull var runMilliseconds: Int?
    @OrNull var nixMilliseconds: Int?
    @OrNull var comparedWith: String?
    let changes: [Change]

    struct Change: Encodable {
      let kind: String
      let text: String
    }

    init(_ line: TargetHistoryLine) {
      let (record, judgment, figures) = (line.record, line.record.judgment, line.record.figures)
      run = record.run.text
      started = Instant.iso8601(record.started)
      installable = Words.line(record.installable.description)
      state = record.ending.word
      verdict = judgment?.ruling.verdict
      reasons = judgment?.firstCodes ?? []
      from = judgment?.origins.map(Words.line) ?? []
      derivation = judgment?.derivation?.description
      paths = judgment?.outputs.map(\.path.description) ?? []
      narBytes = judgment?.narBytes
      downloadBytes = figures?.downloadBytes
      runMilliseconds = figures?.milliseconds
      nixMilliseconds = figures?.timeTaken?.milliseconds
      comparedWith = line.change.earlier?.text
      changes =
        switch line.change {
        case .unknown, .first: []
        case .since(_, let changes): changes.map { Change(kind: $0.word, text: $0.phrase) }
        }
    }
  }
}
