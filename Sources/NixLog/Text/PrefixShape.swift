import NixModel

/// The shape of the text before the content of lines: the sequence of kinds of words and marks, not the words themselves.
/// `#9 27.93 ` and `#12 0.5 ` are of one shape, and so are two timestamps.
///
/// No logger is known by name. A shape is learnt where Nix's own words follow it, and then found again.
struct PrefixShape: Hashable, Sendable {
  /// Nothing.
  static let none = PrefixShape(marks: [], blanks: [])

  /// Words by their kind (``Kind``), and separators as they are. Blanks between them only where they part
  /// two words: the others are padding.
  private let marks: [UInt8]
  /// The blanks before the content, to a byte: a line that is indented further is another's.
  private let blanks: [UInt8]

  private init(marks: [UInt8], blanks: [UInt8]) {
    self.marks = marks
    self.blanks = blanks
  }

  private enum Kind {
    /// With a time in it: `2026-05-03T12:00:00Z`.
    static let clock: UInt8 = 1
    /// With a digit: `27.93`, `web-1`.
    static let number: UInt8 = 2
    static let letters: UInt8 = 3
    /// Of neither: `:`.
    static let sign: UInt8 = 4
    static let blank: UInt8 = 5
    /// A byte that is no text: Buildkite's times end with one.
    static let control: UInt8 = 7
  }

  /// How long a prefix can be.
  static let longest = 256

  /// The shape of the text before a line's content; `nil` where it is no logger's prefix: where it is joined to the content,
  /// or says that another program speaks.
  init?(of prefix: UnsafeRawBufferPointer) {
    guard prefix.count <= Self.longest, !Self.isOfAnotherSpeaker(prefix) else { return nil }
    var end = prefix.count
    if end >= 3, Walk.isByteOrderMark(prefix, at: end - 3) { end -= 3 }
    var start = end
    while start > 0, Walk.isBlank(prefix[start - 1]) { start -= 1 }
    blanks = Array(prefix[start..<end])
    var marks: [UInt8] = []
    var walk = Walk(bytes: UnsafeRawBufferPointer(rebasing: prefix[..<start]))
    while let mark = walk.next(after: marks.last) { marks.append(mark) }
    self.marks = marks
    guard let last = marks.last else { return }
    if blanks.isEmpty, end == prefix.count, !Walk.isSeparator(last) { return nil }
    // Text in quotes is quoted.
    if blanks.isEmpty, last == UInt8(ascii: "\"") || last == UInt8(ascii: "'") || last == UInt8(ascii: "`") {
      return nil
    }
  }

  /// Where the content of a line begins that has such a prefix.
  @inline(__always)
  func end(in line: UnsafeRawBufferPointer) -> Int? {
    if marks.isEmpty, blanks.isEmpty { return 0 }
    return endBehindMarks(in: line)
  }

  private func endBehindMarks(in line: UnsafeRawBufferPointer) -> Int? {
    var walk = Walk(bytes: line)
    var last: UInt8?
    for mark in marks {
      guard walk.next(after: last) == mark else { return nil }
      last = mark
    }
    var position = walk.position
    for blank in blanks {
      guard position < line.count, line[position] == blank else { return nil }
      position += 1
    }
    if line.count >= position + 3, Walk.isByteOrderMark(line, at: position) { position += 3 }
    return position
  }

  /// Whether every line with this prefix has `other` as well, and more behind it.
  func continues(_ other: PrefixShape) -> Bool {
    guard self != other, marks.starts(with: other.marks) else { return false }
    return marks.count > other.marks.count || blanks.starts(with: other.blanks)
  }

  /// Whether it is written as only loggers write: a time, a bar before the content, BuildKit's number of a step.
  ///
  /// That decides only where Nix's words are found behind `other` as well.
  func isOfLogger(beyond other: PrefixShape) -> Bool {
    let more = marks.dropFirst(other.marks.count)
    if more.last == UInt8(ascii: "|") { return true }
    if more.starts(with: [UInt8(ascii: "#"), Kind.number]) { return true }
    return more.contains(Kind.clock)
  }

  /// Whether a prefix tells that a line is not Nix's: a builder's (`qemu> `, and `> ` where its last lines are
  /// repeated), a hook's (`qemu (post)> `, `post-build-hook: `), a machine's in a test (`machine # `).
  private static func isOfAnotherSpeaker(_ prefix: UnsafeRawBufferPointer) -> Bool {
    for index in prefix.indices.dropLast() where Walk.isBlank(prefix[index + 1]) {
      if prefix[index] == UInt8(ascii: ">") { return true }
      if prefix[index] == UInt8(ascii: "#"), index > 0, Walk.isBlank(prefix[index - 1]) { return true }
    }
    return String(decoding: prefix, as: UTF8.self).holds("post-build-hook: ")
  }

  /// Goes over a line mark by mark.
  private struct Walk {
    let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next word's kind, separator, or blank between two words.
    @inline(__always)
    mutating func next(after last: UInt8?) -> UInt8? {
      if position == 0 { skipByteOrderMark() }
      let start = position
      while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
      guard position < bytes.count else {
        position = start
        return nil
      }
      if Self.isSeparator(bytes[position]) {
        position += 1
        return bytes[position - 1] < 0x20 ? Kind.control : bytes[position - 1]
      }
      if position > start, let last, last < Kind.blank {
        return Kind.blank
      }
      skipByteOrderMark()
      return word()
    }

    @inline(__always)
    private mutating func word() -> UInt8 {
      var hasDigit = false
      var hasLetter = false
      var hasTime = false
      var isColonAfterDigit = false
      while position < bytes.count {
        let byte = bytes[position]
        if byte &- 0x30 < 10 {
          hasTime = hasTime || isColonAfterDigit
          hasDigit = true
          isColonAfterDigit = false
        } else if Self.isBlank(byte) || Self.isSeparator(byte) {
          break
        } else {
          isColonAfterDigit =
            byte == UInt8(ascii: ":") && position > 0 && bytes[position - 1] &- 0x30 < 10
          if byte >= 0x80 || (byte | 0x20) &- 0x61 < 26 { hasLetter = true }
        }
        position += 1
      }
      if hasTime { return Kind.clock }
      if hasDigit { return Kind.number }
      return hasLetter ? Kind.letters : Kind.sign
    }

    @inline(__always)
    private mutating func skipByteOrderMark() {
      if bytes.count >= position + 3, Self.isByteOrderMark(bytes, at: position) { position += 3 }
    }

    @inline(__always)
    static func isByteOrderMark(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
      bytes[index] == 0xEF && bytes[index + 1] == 0xBB && bytes[index + 2] == 0xBF
    }

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    @inline(__always)
    static func isSeparator(_ byte: UInt8) -> Bool {
      separators.contains(byte) || byte < 0x20 && !isBlank(byte)
    }

    private static let separators = ByteSet("[](){}<>|#,\"'`")
  }
}
