/// The lines at the end of a terminal that are drawn again and again in the same place. It holds only how
/// many there are; the caller writes what it gives.
public struct LiveRegion: Hashable, Sendable {
  private var height = 0

  /// Nothing drawn yet.
  public init() {}

  /// What to write so that `lines` stand where the last ones stood. Lines must fit the terminal's width.
  public mutating func redraw(_ lines: [String]) -> String {
    let text = erasure + lines.map { "\($0)\n" }.joined()
    height = lines.count
    return text
  }

  /// What to write so that `lines` stay above the region for good; redraw after it.
  public mutating func print(_ lines: [String]) -> String {
    defer { height = 0 }
    return erasure + lines.map { "\($0)\n" }.joined()
  }

  /// What to write so that nothing of it is left.
  public mutating func clear() -> String {
    defer { height = 0 }
    return erasure
  }

  /// Up to the first line, and everything from there on erased.
  private var erasure: String { height > 0 ? "\u{1B}[\(height)A\r\u{1B}[J" : "" }
}
