/// Takes a terminal's escape sequences out of text: colours, cursor movements, links.
enum EscapeSequences {
  static func stripped(_ text: String) -> String {
    guard text.utf8.contains(0x1B) else { return text }
    return text.withUTF8Copy { stripped($0) }
  }

  private static func stripped(_ bytes: UnsafeRawBufferPointer) -> String {
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    strip(bytes, into: &kept)
    return String(decoding: kept, as: UTF8.self)
  }

  /// Appends the text without sequences: `ESC [ … letter`, `ESC ] … BEL` (and `ESC _ … BEL`, in which Buildkite
  /// writes the time), and two-character ones.
  static func strip(_ bytes: UnsafeRawBufferPointer, into kept: inout [UInt8]) {
    var start = 0
    while let escape = bytes.firstIndex(of: 0x1B, in: start..<bytes.count) {
      kept.append(contentsOf: bytes[start..<escape])
      start = end(in: bytes, ofSequenceAt: escape)
    }
    kept.append(contentsOf: bytes[start...])
  }

  /// Where the sequence ends that the ESC at `escape` begins: within the text, also where it is cut off.
  static func end(in bytes: UnsafeRawBufferPointer, ofSequenceAt escape: Int) -> Int {
    guard escape + 1 < bytes.count else { return bytes.count }
    var index = escape + 2
    switch bytes[escape + 1] {
    case UInt8(ascii: "["):
      while index < bytes.count, !(0x40...0x7E).contains(bytes[index]) { index += 1 }
      index += 1
    case UInt8(ascii: "]"), UInt8(ascii: "_"), UInt8(ascii: "P"), UInt8(ascii: "^"), UInt8(ascii: "X"):
      while index < bytes.count, bytes[index] != 0x07, bytes[index] != 0x1B { index += 1 }
      // Either BEL, or ESC \ (whose backslash goes with it).
      if index < bytes.count, bytes[index] == 0x1B { index += 1 }
      index += 1
    default: break
    }
    return min(index, bytes.count)
  }
}

extension String {
  fileprivate func withUTF8Copy<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Array(utf8).withUnsafeBytes(body)
  }
}
