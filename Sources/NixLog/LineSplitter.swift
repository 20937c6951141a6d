import Foundation

/// Makes lines of pieces of any size.
///
/// Only the line that a piece breaks off in is kept, and of a line longer than ``longest`` nothing at all.
struct LineSplitter: Sendable {
  /// How many bytes of a line are looked at. Nix's own records are far shorter; a builder's output, which
  /// is no event, is not.
  static let longest = 1 << 20

  private var rest: [UInt8] = []
  private var isOverlong = false

  /// Gives every line that `piece` completes, without its newline; `nil` for one that is too long.
  @inline(__always)
  mutating func read(_ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) -> Void) {
    guard var start = piece.baseAddress else { return }
    let end = start + piece.count
    while start < end {
      // memchr is the fastest way to the next newline, and most of a log is skipped by it.
      guard let newline = memchr(start, 0x0A, end - start) else {
        keep(UnsafeRawBufferPointer(start: start, count: end - start))
        return
      }
      let line = UnsafeRawBufferPointer(start: start, count: UnsafeRawPointer(newline) - start)
      if rest.isEmpty, !isOverlong {
        body(line.count <= Self.longest ? line : nil)
      } else {
        keep(line)
        giveRest(body)
      }
      start = UnsafeRawPointer(newline) + 1
    }
  }

  /// Ends the log: a last line without a newline counts as well.
  mutating func finish(_ body: (UnsafeRawBufferPointer?) -> Void) {
    if !rest.isEmpty || isOverlong { giveRest(body) }
  }

  private mutating func keep(_ piece: UnsafeRawBufferPointer) {
    guard !isOverlong, rest.count + piece.count <= Self.longest else {
      isOverlong = true
      rest.removeAll()
      return
    }
    rest.append(contentsOf: piece)
  }

  private mutating func giveRest(_ body: (UnsafeRawBufferPointer?) -> Void) {
    if isOverlong { body(nil) } else { rest.withUnsafeBytes { body($0) } }
    rest.removeAll(keepingCapacity: true)
    isOverlong = false
  }
}
