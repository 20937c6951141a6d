import NixModel

/// What stands before the content of a line: systemd's priority, a CI's timestamp, a job's name.
enum LinePrefix {
  /// The JSON of a record (`@nix {…}`), or `nil` where the text is none. A text that merely contains a record
  /// is a builder's.
  static func record(in text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard text.count > 6, text.begins(with: "@nix ") else { return nil }
    return UnsafeRawBufferPointer(rebasing: text[5...])
  }

  /// The line behind `<3>`, which Nix up to 2.29 writes where it runs under systemd.
  static func withoutPriority(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: line[priority(of: line)...])
  }

  /// The line behind all that is known to be put in front of whole lines: priority, timestamps
  /// (`2026-05-03T12:00:00.123Z `, `[12:00:01] `, GitLab's `… 00O `), and a job's name before a bar
  /// (`build-1  | `).
  static func content(of line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let beginning = priority(of: line)
    var start = jobName(in: line, from: beginning) ?? beginning
    while let next = timestamp(in: line, from: start) { start = next }
    if start > beginning, let bar = jobName(in: line, from: start) { start = bar }
    return UnsafeRawBufferPointer(rebasing: line[start...])
  }

  private static func priority(of line: UnsafeRawBufferPointer) -> Int {
    line.count > 3 && line[0] == UInt8(ascii: "<") && isDigit(line[1]) && line[2] == UInt8(ascii: ">") ? 3 : 0
  }

  /// The end of a word that starts with a digit or a bracket and holds a digit and nothing but what
  /// timestamps are written with, together with the space after it.
  private static func timestamp(in line: UnsafeRawBufferPointer, from start: Int) -> Int? {
    let bytes = timestampBytes
    let limit = min(line.count, start + 48)
    var position = start
    var digits = 0
    while position < limit, bytes.contains(line[position]) {
      if isDigit(line[position]) { digits += 1 }
      position += 1
    }
    guard digits >= 2, position < line.count, isSpace(line[position]) else { return nil }
    while position < line.count, isSpace(line[position]) || line[position] == UInt8(ascii: "|") {
      position += 1
    }
    return position
  }

  /// The end of `name | `.
  private static func jobName(in line: UnsafeRawBufferPointer, from start: Int) -> Int? {
    let bytes = nameBytes
    let limit = min(line.count, start + 64)
    var position = start
    while position < limit, bytes.contains(line[position]) { position += 1 }
    guard position > start else { return nil }
    while position < line.count, line[position] == UInt8(ascii: " ") { position += 1 }
    guard position + 1 < line.count, line[position] == UInt8(ascii: "|"),
      line[position + 1] == UInt8(ascii: " ")
    else { return nil }
    return position + 2
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private static let timestampBytes = ByteSet("0123456789:.,-+/TZOE[]()")
  private static let nameBytes = ByteSet(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.")
}
