/// Puts GitLab's lines together again.
///
/// With `FF_TIMESTAMPS` its runner writes each line behind a time, the number of the stream, its kind, and
/// whether it continues the line before: `2026-05-03T12:00:00.123456Z 00O text`, `… 00O+more of it`. A line that
/// was written in two pieces is two lines there. Each stream's last line is kept until another begins.
struct GitLabLines: Sendable {
  /// A line that was put together, with the number of its first piece.
  struct Line: Sendable {
    let number: Int
    var text: [UInt8]
  }

  /// How many streams are put together; the lines of others are taken as they are.
  private static let longestList = 8
  private static let textStart = 32

  private var open: [(stream: [UInt8], line: Line)] = []

  /// Whether no line waits for its continuation.
  var isEmpty: Bool { open.isEmpty }

  /// Whether `line` has such a head. Nearly no line has, and the two bytes that are asked for first tell.
  @inline(__always)
  static func isOne(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.count >= textStart, line[10] == UInt8(ascii: "T"), line[26] == UInt8(ascii: "Z") else {
      return false
    }
    let mark = line[31]
    return line[4] == UInt8(ascii: "-") && line[27] == UInt8(ascii: " ")
      && (line[30] == UInt8(ascii: "O") || line[30] == UInt8(ascii: "E"))
      && (mark == UInt8(ascii: " ") || mark == UInt8(ascii: "+"))
  }

  /// Takes a line with such a head, and gives the line that it shows to be complete.
  mutating func take(_ line: UnsafeRawBufferPointer, at number: Int) -> Line? {
    let stream = Array(line[28..<31])
    let text = line[Self.textStart...]
    guard let place = open.firstIndex(where: { $0.stream == stream }) else {
      let new = Line(number: number, text: Array(text))
      guard open.count < Self.longestList else { return new }
      open.append((stream, new))
      return nil
    }
    guard line[31] == UInt8(ascii: "+") else {
      let complete = open[place].line
      open[place].line = Line(number: number, text: Array(text))
      return complete
    }
    let room = LineSplitter.longest - open[place].line.text.count
    open[place].line.text.append(contentsOf: text.prefix(max(0, room)))
    return nil
  }

  /// Gives the lines that waited, in the log's order.
  mutating func finish() -> [Line] {
    defer { open = [] }
    return open.map(\.line).sorted { $0.number < $1.number }
  }
}
