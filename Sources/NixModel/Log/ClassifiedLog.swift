/// What a stored or piped log says, as its reports need it. Each store path and each derivation is there
/// once, however often the log mentions it.
public struct ClassifiedLog: Hashable, Sendable {
  /// The log's shape; text that a person saw may inform and never prove.
  public let format: LogFormat
  /// How many lines it had.
  public let lines: Int
  /// How many bytes it had.
  public let bytes: Int
  /// Copies and builds, in the log's order.
  public let events: [Event]

  /// Something that was copied or built.
  public enum Event: Hashable, Sendable {
    /// `path` was copied from a substituter (redacted).
    case copy(path: StorePath, from: String, line: Int)
    /// `derivation` was built, on this machine where `machine` is `nil`.
    case build(derivation: StorePath, machine: String?, line: Int)
  }

  /// A log's contents.
  public init(format: LogFormat, lines: Int, bytes: Int, events: [Event]) {
    self.format = format
    self.lines = lines
    self.bytes = bytes
    self.events = events
  }

  /// How many paths were copied.
  public var copied: Int { count { if case .copy = $0 { true } else { false } } }

  /// How many derivations were built on this machine.
  public var built: Int { count { if case .build(_, nil, _) = $0 { true } else { false } } }

  /// How many derivations were built on other machines.
  public var builtRemotely: Int { count { if case .build(_, _?, _) = $0 { true } else { false } } }

  private func count(_ isCounted: (Event) -> Bool) -> Int { events.count(where: isCounted) }
}
