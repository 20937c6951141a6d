public import NixModel

/// `classify --json`: the content of a log.
public struct ClassificationDocument: Document {
  private let schema = "warmth/classification/v1"
  private let format: String
  private let lines: Int
  private let bytes: Int
  private let counts: Counts
  /// Paths of which a copy began, and none arrived.
  private let failed: Int
  /// Lines with Nix's words that are not counted.
  private let unclear: Int
  /// Damaged records.
  private let unreadable: Int
  private let events: [Event]

  /// The document of `log`.
  public init(_ log: ClassifiedLog) {
    format = log.format.rawValue
    lines = log.lines
    bytes = log.bytes
    counts = Counts(
      copied: log.copied, built: log.built,
      builtRemotely: log.builtRemotely)
    failed = log.failedCopies
    unclear = log.unclear
    unreadable = log.unreadable
    events = log.events.map(Event.init)
  }

  private struct Counts: Encodable {
    let copied: Int
    let built: Int
    let builtRemotely: Int
  }

  private enum Event: Encodable {
    case copy(Copy)
    case build(Build)
    case failure(Failure)

    init(_ event: ClassifiedLog.Event) {
      switch event {
      case .copy(let path, let from, let line):
        self = .copy(Copy(path: path.description, from: Words.line(from), line: line))
      case .build(let derivation, let machine, let line):
        self = .build(Build(derivation: derivation.description, on: machine.map(Words.line), line: line))
      case .failure(let path, let message, let line):
        self = .failure(Failure(path: path?.description, message: Words.line(message), line: line))
      }
    }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .copy(let copy): try copy.encode(to: encoder)
      case .build(let build): try build.encode(to: encoder)
      case .failure(let failure): try failure.encode(to: encoder)
      }
    }
  }

  private struct Copy: Encodable {
    let kind = "copy"
    let path: String
    let from: String
    let line: Int
  }

  private struct Build: Encodable {
    let kind = "build"
    let derivation: String
    @OrNull var on: String?
    let line: Int
  }

  private struct Failure: Encodable {
    let kind = "failure"
    @OrNull var path: String?
    let message: String
    let line: Int
  }
}
