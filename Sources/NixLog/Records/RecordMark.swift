/// The marks of a record of Nix's JSON log.
enum RecordMark {
  /// The JSON of a record (`@nix {…}`), or `nil` where the text is none. A text that merely contains a record
  /// is a builder's.
  static func record(in text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard text.count > 6, text.begins(with: "@nix ") else { return nil }
    return UnsafeRawBufferPointer(rebasing: text[5...])
  }

  /// Whether the text is a record as the file of `json-log-path` holds it: without the mark.
  static func isUnmarkedRecord(_ text: UnsafeRawBufferPointer) -> Bool { text.begins(with: "{\"action\":\"") }

  /// The line behind `<3>`, which Nix up to 2.29 writes where it runs under systemd.
  static func withoutPriority(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard line.count > 3, line[0] == UInt8(ascii: "<"), (0x30...0x39).contains(line[1]),
      line[2] == UInt8(ascii: ">")
    else { return line }
    return UnsafeRawBufferPointer(rebasing: line[3...])
  }
}
