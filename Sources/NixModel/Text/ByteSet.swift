/// A set of ASCII characters, asked millions of times: a bit for each.
struct ByteSet: Hashable, Sendable {
  private let low: UInt64
  private let high: UInt64

  /// The characters of `text`; others than ASCII's are left out.
  init(_ text: StaticString) {
    var (low, high) = (UInt64(0), UInt64(0))
    text.withUTF8Buffer { bytes in
      for byte in bytes where byte < 128 {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
      }
    }
    (self.low, self.high) = (low, high)
  }

  func contains(_ byte: UInt8) -> Bool {
    guard byte < 128 else { return false }
    return (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
  }
}
