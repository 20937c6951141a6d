/// The content of a stored or piped log, as its reports need it. Each store path and each derivation is there
/// once, however often the log mentions it.
public struct ClassifiedLog: Hashable, Sendable {
  /// The log's shape; text that a person saw may inform and never prove.
  public let format: LogFormat
  /// How many lines it had.
  public let lines: Int
  /// How many bytes it had.
  public let bytes: Int
  /// Copies that arrived, builds and failures, in the log's order.
  public let events: [Event]
  /// How many paths Nix began to copy that did not arrive.
  public let failedCopies: Int
  /// The number of lines that hold words of Nix, and that Nix may not have written. They are not counted.
  public let unclear: Int
  /// How many records are damaged.
  public let unreadable: Int
  /// Whether any of its lines is a record, a plan or a step. Warnings alone tell nothing of Nix's work.
  public let tellsOfWork: Bool

  /// Something that was copied or built, or that failed.
  public enum Event: Hashable, Sendable {
    /// `path` was copied from a substituter (redacted), and arrived.
    case copy(path: StorePath, from: String, line: Int)
    /// `derivation` was built, on this machine where `machine` is `nil`.
    case build(derivation: StorePath, machine: String?, line: Int)
    /// Nix complained (redacted): of `path`, where the log tells which.
    case failure(path: StorePath?, message: String, line: Int)

    /// The line that says so.
    public var line: Int {
      switch self {
      case .copy(_, _, let line), .build(_, _, let line), .failure(_, _, let line): line
      }
    }
  }

  /// A log's contents.
  public init(
    format: LogFormat, lines: Int, bytes: Int, events: [Event], failedCopies: Int = 0, unclear: Int = 0,
    unreadable: Int = 0, tellsOfWork: Bool = true
  ) {
    self.format = format
    self.lines = lines
    self.bytes = bytes
    self.events = events
    self.failedCopies = failedCopies
    self.unclear = unclear
    self.unreadable = unreadable
    self.tellsOfWork = tellsOfWork
  }

  /// How many paths were copied, and arrived.
  public var copied: Int { count { if case .copy = $0 { true } else { false } } }

  /// How many derivations were built on this machine.
  public var built: Int { count { if case .build(_, nil, _) = $0 { true } else { false } } }

  /// How many derivations were built on other machines.
  public var builtRemotely: Int { count { if case .build(_, _?, _) = $0 { true } else { false } } }

  /// Whether it shows no event, and lines that were not understood might have: that is no "nothing happened".
  public var isInconclusive: Bool { events.isEmpty && (unclear + unreadable > 0 || !tellsOfWork) }

  private func count(_ isCounted: (Event) -> Bool) -> Int { events.count(where: isCounted) }
}
