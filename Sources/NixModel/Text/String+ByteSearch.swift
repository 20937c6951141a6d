import Foundation

/// Searches by bytes. Searches by characters overlook a sign that a joining mark follows, and are many times
/// slower over a builder's megabytes.
extension String {
  /// Whether `text` stands anywhere in it.
  public func holds(_ text: String) -> Bool { firstRange(ofBytes: text) != nil }

  /// Where `text`, which is not empty, stands first.
  public func firstRange(ofBytes text: String) -> Range<Index>? {
    var (place, sought) = (self, text)
    let found = place.withUTF8 { bytes in sought.withUTF8 { Self.offset(of: $0, in: bytes) } }
    guard let offset = found else { return nil }
    let start = utf8.index(startIndex, offsetBy: offset)
    return start..<utf8.index(start, offsetBy: text.utf8.count)
  }

  /// Where `sought`, which is not empty, stands first in `bytes`.
  static func offset(
    of sought: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>
  ) -> Int? {
    guard let first = sought.baseAddress, let base = bytes.baseAddress else { return nil }
    var start = 0
    while start + sought.count <= bytes.count {
      let last = bytes.count - sought.count
      guard let candidate = memchr(base + start, Int32(first.pointee), last - start + 1) else { return nil }
      if memcmp(candidate, first, sought.count) == 0 {
        return UnsafeRawPointer(candidate) - UnsafeRawPointer(base)
      }
      start = UnsafeRawPointer(candidate) - UnsafeRawPointer(base) + 1
    }
    return nil
  }
}
