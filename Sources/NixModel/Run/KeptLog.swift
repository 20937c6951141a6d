/// A log that was kept whole, in a file that was asked for: enough to know that file again.
public struct KeptLog: Hashable, Sendable {
  /// The SHA-256 of its bytes, as base 16, before any compression.
  public let sha256: String
  /// How many lines it has. They are those that events and reasons count.
  public let lines: Int
  /// How many bytes it has, before any compression.
  public let bytes: Int

  /// A kept log.
  public init(sha256: String, lines: Int, bytes: Int) {
    self.sha256 = sha256
    self.lines = lines
    self.bytes = bytes
  }
}
