/// Takes a terminal's escape sequences out of text: colours, cursor movements, links.
enum EscapeSequences {
  static func stripped(_ text: String) -> String {
    guard text.utf8.contains(0x1B) else { return text }
    return text.withUTF8Copy { stripped($0) }
  }

  /// The text without sequences: `ESC [ … letter`, `ESC ] … BEL`, and two-character ones.
  static func stripped(_ bytes: UnsafeRawBufferPointer) -> String {
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      guard bytes[index] == 0x1B else {
        kept.append(bytes[index])
        index += 1
        continue
      }
      index += 1
      guard index < bytes.count else { break }
      let kind = bytes[index]
      index += 1
      switch kind {
      case UInt8(ascii: "["):
        while index < bytes.count, !(0x40...0x7E).contains(bytes[index]) { index += 1 }
        index += 1
      case UInt8(ascii: "]"):
        while index < bytes.count, bytes[index] != 0x07, bytes[index] != 0x1B { index += 1 }
        // Either BEL, or ESC \ (whose backslash goes with it).
        if index < bytes.count, bytes[index] == 0x1B { index += 1 }
        index += 1
      default: break
      }
    }
    return String(decoding: kept, as: UTF8.self)
  }
}

extension String {
  fileprivate func withUTF8Copy<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Array(utf8).withUnsafeBytes(body)
  }
}
