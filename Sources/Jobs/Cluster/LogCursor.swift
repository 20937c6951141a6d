/// The position in a container's log, so that reading can continue after a broken connection.
struct LogCursor: Sendable {
  /// The time of the last line, as the cluster wrote it.
  private(set) var time: String?
  /// The number of lines with exactly that time that were read.
  private var count = 0
  /// The number of lines with that time that will come again.
  private var repeated = 0

  /// Notes that the log is asked for again, from the time of the last line.
  mutating func resume() { repeated = count }

  /// The text of a line without its time, or `nil` if the line was read before.
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
