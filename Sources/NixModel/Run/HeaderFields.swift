import Foundation

/// Finds the header fields of requests in texts, because a cache can print the request that it was sent.
enum HeaderFields {
  /// `bytes` with a mark in place of the values of fields that hold credentials, of what follows `Basic` and
  /// `Bearer`, and of lines of Nix's configuration that it quotes.
  static func masked(_ bytes: [UInt8]) -> [UInt8] {
    var shown: [UInt8] = []
    var copied = 0
    bytes.withUnsafeBufferPointer { buffer in
      for index in buffer.indices where index >= copied {
        guard let value = secret(endingAt: index, in: buffer) else { continue }
        shown += buffer[copied..<value.lowerBound]
        shown += Array(Redaction.mark.utf8)
        copied = value.upperBound
      }
    }
    return copied == 0 ? bytes : shown + bytes[copied...]
  }

  /// The value to leave out behind the sign at `index`, which ends a name.
  static func secret(endingAt index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    let value: Range<Int>?
    switch bytes[index] {
    case UInt8(ascii: ":"): value = isField(endingAt: index, in: bytes) ? field(after: index, in: bytes) : nil
    case UInt8(ascii: " "): value = authentication(after: index, in: bytes)
    case UInt8(ascii: "'"): value = configurationLine(after: index, in: bytes)
    default: return nil
    }
    guard let value, !value.isEmpty, !bytes[value].elementsEqual(Redaction.mark.utf8) else { return nil }
    return value
  }

  // MARK: Fields

  private static let names = Set(
    ["authorization", "proxy-authorization", "cookie", "set-cookie", "private-token", "job-token", "api-key"])

  /// Whether the name of a field that can hold a credential stands before the colon at `index`.
  private static func isField(endingAt index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var end = index
    // A quote that ends the name, as in JSON; itself quoted, perhaps.
    while end > 0, [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\")].contains(bytes[end - 1]) {
      end -= 1
    }
    var start = end
    while start > 0, end - start <= 64, isOfName(bytes[start - 1]) { start -= 1 }
    guard end - start >= 3, end - start <= 64 else { return false }
    switch bytes[start] | 0x20 {
    case UInt8(ascii: "x"):
      return bytes[start + 1] == UInt8(ascii: "-") && isLetter(bytes[start + 2])
    case UInt8(ascii: "a"), UInt8(ascii: "p"), UInt8(ascii: "c"), UInt8(ascii: "s"), UInt8(ascii: "j"):
      return names.contains(String(decoding: bytes[start..<end], as: UTF8.self).lowercased())
    default: return false
    }
  }

  /// The value behind the colon at `index`: up to the quote that ends it, or to the end of the line.
  private static func field(after index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    var start = index + 1
    while start < bytes.count, bytes[start] == UInt8(ascii: " ") || bytes[start] == 0x09 { start += 1 }
    var quote: UInt8?
    if start < bytes.count, bytes[start] == UInt8(ascii: "\\") { start += 1 }
    if start < bytes.count, bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") {
      quote = bytes[start]
      start += 1
    }
    var end = start
    while end < bytes.count {
      let byte = bytes[end]
      if byte == 0x0A || byte == 0x0D { break }
      if let quote {
        if byte == quote { break }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "<") {
        break
      }
      end += 1
    }
    // The value ends before the sign that escapes the quote, and before blanks.
    if end < bytes.count, end > start, bytes[end] == UInt8(ascii: "\""), bytes[end - 1] == UInt8(ascii: "\\")
    {
      end -= 1
    }
    while end > start, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
    return start..<end
  }

  // MARK: Basic and Bearer

  /// The credentials behind the word `Basic` or `Bearer` that ends at `index`.
  private static func authentication(
    after index: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) -> Range<Int>? {
    guard index >= 5 else { return nil }
    let isBasic = ends("basic", at: index, in: bytes)
    guard isBasic || ends("bearer", at: index, in: bytes) else { return nil }
    let start = index + 1
    var end = start
    while end < bytes.count, isOfToken(bytes[end]) { end += 1 }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    if isBasic {
      // "Basic authentication" is no credential: a pair has a colon.
      let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
      guard let pair = Data(base64Encoded: text + padding), pair.contains(UInt8(ascii: ":")) else {
        return nil
      }
      return start..<end
    }
    let isToken = text.utf8.count >= 16 && text.utf8.contains { !isLetter($0) }
    return isToken ? start..<end : nil
  }

  /// Whether the small letters of `word` stand before `index`, in any case, as a word.
  private static func ends(_ word: StaticString, at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool
  {
    let start = index - word.utf8CodeUnitCount
    guard start >= 0, bytes[index - 1] | 0x20 == word.utf8Start[word.utf8CodeUnitCount - 1] else {
      return false
    }
    guard start == 0 || !isOfName(bytes[start - 1]) else { return false }
    return (start..<index).allSatisfy { bytes[$0] | 0x20 == word.utf8Start[$0 - start] }
  }

  // MARK: Nix's configuration

  /// The line of a configuration that Nix quotes because it cannot read it (`illegal configuration line '…' in '…'`,
  /// since 2.24 `syntax error in configuration line '…' in '…'`): it can hold whatever somebody meant to set.
  private static func configurationLine(
    after index: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) -> Range<Int>? {
    let mark = "configuration line "
    guard index >= mark.utf8.count, bytes[index - 2] == UInt8(ascii: "e"),
      bytes[(index - mark.utf8.count)..<index].elementsEqual(mark.utf8)
    else { return nil }
    let start = index + 1
    let line = bytes[start...].prefix { $0 != 0x0A }
    let behind = Array("' in '".utf8)
    var end = line.endIndex
    var place = line.endIndex - behind.count
    while place >= start {
      if bytes[place..<(place + behind.count)].elementsEqual(behind) {
        end = place
        break
      }
      place -= 1
    }
    return start..<end
  }

  // MARK: Bytes

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  private static func isOfToken(_ byte: UInt8) -> Bool {
    isOfName(byte)
      || [UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "~")]
        .contains(byte)
  }
}
