/// Some of ASCII's bytes, for questions that are asked millions of times: a bit for each.
public struct ByteSet: Hashable, Sendable {
  @usableFromInline let low: UInt64
  @usableFromInline let high: UInt64

  /// The bytes that stand in `members`; those beyond ASCII are left out.
  public init(_ members: String) {
    var (low, high) = (UInt64(0), UInt64(0))
    for byte in members.utf8 {
      if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte - 64) }
    }
    (self.low, self.high) = (low, high)
  }

  /// Whether `byte` is one of them.
  @inlinable
  public func contains(_ byte: UInt8) -> Bool {
    byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
  }
}
