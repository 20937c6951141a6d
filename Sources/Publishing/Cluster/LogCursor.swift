/// How far a container's log was read, so that it can be gone on with where a connection broke.
struct LogCursor: Sendable {
  /// The time of the last line, as the cluster wrote it.
  private(set) var time: String?
  /// How many lines of that very time were read.
  private var count = 0
  /// How many lines of that time come again.
  private var repeated = 0

  /// The log is asked for from the last line on.
  mutating func resume() { repeated = count }

  /// A line of the log with its time taken off; `nil` where it was read before.
  mutating func take(_ line: Substring) -> Substring? {
    guard let space = line.utf8.firstIndex(of: UInt8(ascii: " ")) else { return line }
    let (stamp, text) = (String(line[..<space]), line[space...].dropFirst())
    if let time, stamp < time { return nil }
    if stamp == time {
      if repeated > 0 {
        repeated -= 1
        return nil
      }
      count += 1
    } else {
      (time, count, repeated) = (stamp, 1, 0)
    }
    return text
  }
}
