/// A record of ``ResultType/progress`` as Nix spells it, read in one pass. ``LogRecord`` reads any other spelling.
///
///     {"action":"result","fields":[1024,4096,0,0],"id":3,"type":105}
struct ProgressResult {
  let id: UInt64
  let done: UInt64
  let expected: UInt64

  init?(_ json: UnsafeRawBufferPointer) {
    var rest = Digits(json)
    guard rest.take("{\"action\":\"result\",\"fields\":["), let done = rest.number(),
      rest.take(","), let expected = rest.number(),
      rest.take(","), rest.number() != nil,
      rest.take(","), rest.number() != nil,
      rest.take("],\"id\":"), let id = rest.number(), rest.take(",\"type\":105}"), rest.isEmpty
    else { return nil }
    (self.id, self.done, self.expected) = (id, done, expected)
  }
}

/// The unread rest of a text that consists of numbers between known words.
private struct Digits {
  private var bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isEmpty: Bool { bytes.isEmpty }

  @inline(__always)
  mutating func take(_ word: StaticString) -> Bool {
    guard bytes.begins(with: word) else { return false }
    bytes = UnsafeRawBufferPointer(rebasing: bytes[word.utf8CodeUnitCount...])
    return true
  }

  /// A number of at most 19 digits, which 64 bits hold.
  @inline(__always)
  mutating func number() -> UInt64? {
    var value: UInt64 = 0
    var length = 0
    while length < min(19, bytes.count), case let digit = bytes[length] &- UInt8(ascii: "0"), digit < 10 {
      value = value &* 10 &+ UInt64(digit)
      length += 1
    }
    guard length > 0 else { return nil }
    bytes = UnsafeRawBufferPointer(rebasing: bytes[length...])
    return value
  }
}
