import Foundation
import Synchronization

/// The values that a run found to be secret, by which they are told wherever they turn up again: plainly, in base 64,
/// percent-encoded, in hexadecimal digits, or escaped as in JSON.
///
/// It lives no longer than the command (``Redaction/known``). It is printed as a mark, never as its values.
public final class KnownSecrets: Sendable {
  /// The fewest bytes of a secret that is looked for: anything shorter is part of other words.
  public static let shortest = 6
  /// The fewest bytes of a secret that is looked for where other things than text from elsewhere are written: a password
  /// such as `python` is part of many paths.
  static let shortestOfStrong = 16

  private let all = Mutex(Patterns())
  private let strong = Mutex(Patterns())

  /// Nothing is known yet.
  public init() {}

  /// Adds a value, each of its lines, and its encodings. Lines that are too short are left out.
  public func learn(_ value: String) {
    for line in value.split(whereSeparator: \.isNewline) {
      let secret = Array(line.trimmingCharacters(in: .whitespaces).utf8)
      guard secret.count >= Self.shortest else { continue }
      let encodings = Encodings(of: secret).all
      all.withLock { patterns in encodings.forEach { patterns.add($0) } }
      if secret.count >= Self.shortestOfStrong {
        strong.withLock { patterns in encodings.forEach { patterns.add($0) } }
      }
    }
  }

  /// Adds a password, and the pair that it is sent as.
  public func learn(user: String, password: String) {
    learn(password)
    learn("\(user):\(password)")
  }

  /// The patterns to look for in texts from elsewhere; `nil` where there are none.
  var patterns: Patterns? { all.withLock { $0.isEmpty ? nil : $0 } }
  /// The patterns to look for in everything that is written; `nil` where there are none.
  var strongPatterns: Patterns? { strong.withLock { $0.isEmpty ? nil : $0 } }
}

extension KnownSecrets: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { Redaction.mark }
  public var debugDescription: String { Redaction.mark }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Texts to be found, by their first two bytes.
struct Patterns: Sendable {
  private var byStart: [UInt16: [Pattern]] = [:]
  /// A bit for each two bytes: nearly every place of a text ends here.
  private var starts = [UInt64](repeating: 0, count: 1024)

  /// A text to be found.
  struct Pattern: Hashable, Sendable {
    let bytes: [UInt8]
    /// Whether it may be the middle of a longer word of base 64, all of which is left out.
    var isBase64 = false
  }

  var isEmpty: Bool { byStart.isEmpty }

  mutating func add(_ pattern: Pattern) {
    guard pattern.bytes.count >= 2 else { return }
    let start = Self.start(pattern.bytes[0], pattern.bytes[1])
    guard byStart[start]?.contains(pattern) != true else { return }
    byStart[start, default: []].append(pattern)
    starts[Int(start >> 6)] |= 1 << UInt64(start & 63)
  }

  /// `bytes` with a mark in place of everything that is known; `nil` where there is none of it.
  func masked(_ bytes: [UInt8]) -> [UInt8]? {
    var shown: [UInt8] = []
    var copied = 0
    var index = 0
    while index + 1 < bytes.count {
      guard let found = longest(at: index, in: bytes) else {
        index += 1
        continue
      }
      var (from, to) = (index, index + found.bytes.count)
      if found.isBase64 {
        while from > copied, Self.isOfBase64(bytes[from - 1]) { from -= 1 }
        while to < bytes.count, Self.isOfBase64(bytes[to]) { to += 1 }
      }
      shown += bytes[copied..<from]
      shown += Array(Redaction.mark.utf8)
      (copied, index) = (to, to)
    }
    guard copied > 0 else { return nil }
    return shown + bytes[copied...]
  }

  private func longest(at index: Int, in bytes: [UInt8]) -> Pattern? {
    let start = Self.start(bytes[index], bytes[index + 1])
    guard starts[Int(start >> 6)] & 1 << UInt64(start & 63) != 0 else { return nil }
    return byStart[start]?.filter { bytes[index...].starts(with: $0.bytes) }
      .max { $0.bytes.count < $1.bytes.count }
  }

  private static func start(_ first: UInt8, _ second: UInt8) -> UInt16 {
    UInt16(first) << 8 | UInt16(second)
  }

  private static func isOfBase64(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "="):
      true
    default: false
    }
  }
}

/// The ways in which a secret is written.
private struct Encodings {
  private let secret: [UInt8]

  init(of secret: [UInt8]) { self.secret = secret }

  var all: [Patterns.Pattern] {
    var all = [secret, escaped, percent(uppercase: true), percent(uppercase: false)].map {
      Patterns.Pattern(bytes: $0)
    }
    if secret.count >= 8 { all.append(Patterns.Pattern(bytes: Array(secret.base16.utf8))) }
    for offset in 0...2 {
      let core = base64(after: offset)
      guard core.count >= 8 else { continue }
      all.append(Patterns.Pattern(bytes: core, isBase64: true))
      all.append(Patterns.Pattern(bytes: core.map(Self.safeForAddresses), isBase64: true))
    }
    return all
  }

  /// The digits of base 64 that follow from the secret alone, for a number of bytes before it.
  private func base64(after offset: Int) -> [UInt8] {
    let bytes = [UInt8](repeating: 0, count: offset) + secret + [0, 0]
    let signs = Array(Data(bytes).base64EncodedString().utf8)
    let (first, end) = ((8 * offset + 5) / 6, 8 * (offset + secret.count) / 6)
    return first < end ? Array(signs[first..<end]) : []
  }

  private static func safeForAddresses(_ sign: UInt8) -> UInt8 {
    switch sign {
    case UInt8(ascii: "+"): UInt8(ascii: "-")
    case UInt8(ascii: "/"): UInt8(ascii: "_")
    default: sign
    }
  }

  /// As JSON and Nix escape it.
  private var escaped: [UInt8] {
    secret.flatMap { byte in
      byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), byte] : [byte]
    }
  }

  private func percent(uppercase: Bool) -> [UInt8] {
    secret.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        return [byte]
      default:
        let digits = [byte].base16
        return [UInt8(ascii: "%")] + Array((uppercase ? digits.uppercased() : digits).utf8)
      }
    }
  }
}
