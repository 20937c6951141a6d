/// The lines at the end of a terminal that are drawn again and again in the same place. It holds only their
/// number; the caller writes the text that it returns.
public struct LiveRegion: Hashable, Sendable {
  private var height = 0

  /// Nothing drawn yet.
  public init() {}

  /// The text that puts `lines` in the place of the last ones. Lines must fit the terminal's width.
  public mutating func redraw(_ lines: [String]) -> String {
    let text = erasure + lines.map { "\($0)\n" }.joined()
    height = lines.count
    return text
  }

  /// The text that puts `lines` above the region for good; redraw after it.
  public mutating func print(_ lines: [String]) -> String {
    defer { height = 0 }
    return erasure + lines.map { "\($0)\n" }.joined()
  }

  /// The text that erases the region.
  public mutating func clear() -> String {
    defer { height = 0 }
    return erasure
  }

  /// Up to the first line, and everything from there on erased.
  private var erasure: String { height > 0 ? "\u{1B}[\(height)A\r\u{1B}[J" : "" }
}
