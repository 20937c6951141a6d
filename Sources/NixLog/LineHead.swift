import Foundation

/// The first bytes of what a line shows, without its escape sequences and without what a carriage return
/// overwrote: enough to pass over most lines without a string being made of them.
struct LineHead {
  /// No line of Nix's is told by more than its first so many bytes.
  static let length = 32

  private let content: UnsafeRawBufferPointer
  private let scratch: UnsafeMutableRawBufferPointer
  private var count = 0
  /// Whether a carriage return stands before what comes next: what comes overwrites the head, and nothing
  /// does where only the line's end follows.
  private var isReturned = false

  /// Gives the head of `content` to `body`. It is never shorter than ``length`` where the text shown is not.
  static func of<Result>(
    _ content: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let whole = 0..<content.count
    if content.firstIndex(of: escape, in: whole) == nil,
      content.firstIndex(of: carriageReturn, in: whole) == nil
    {
      return body(content)
    }
    return withUnsafeTemporaryAllocation(byteCount: length, alignment: 1) { scratch in
      var head = LineHead(content: content, scratch: scratch)
      head.fill()
      return body(UnsafeRawBufferPointer(rebasing: scratch[..<head.count]))
    }
  }

  private init(content: UnsafeRawBufferPointer, scratch: UnsafeMutableRawBufferPointer) {
    self.content = content
    self.scratch = scratch
  }

  private mutating func fill() {
    var start = 0
    while let escape = content.firstIndex(of: Self.escape, in: start..<content.count) {
      take(start..<escape)
      start = EscapeSequences.end(in: content, ofSequenceAt: escape)
    }
    take(start..<content.count)
  }

  /// Takes a part without escape sequences.
  private mutating func take(_ part: Range<Int>) {
    var start = part.lowerBound
    while start < part.upperBound {
      let end = content.firstIndex(of: Self.carriageReturn, in: start..<part.upperBound) ?? part.upperBound
      if end > start {
        if isReturned { (count, isReturned) = (0, false) }
        let taken = content[start..<min(end, start + Self.length - count)]
        UnsafeMutableRawBufferPointer(rebasing: scratch[count...]).copyMemory(from: .init(rebasing: taken))
        count += taken.count
      }
      if end < part.upperBound { isReturned = true }
      start = end + 1
    }
  }

  private static let escape: UInt8 = 0x1B
  private static let carriageReturn: UInt8 = 0x0D
}
