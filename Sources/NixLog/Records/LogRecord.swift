import NixModel

/// One record of Nix's JSON log, as far as it matters here.
///
/// Source: Nix, `src/libutil/logging.cc` (`JSONLogger`). Keys come sorted, so `action` is first, but
/// nothing here depends on it. Where a key is there twice the first counts. Numbers are integers of up to
/// 64 bits: an `id` does not fit a double.
struct LogRecord {
  enum Action { case start, stop, result, message }

  enum Field {
    case number(UInt64)
    case text(JSONScanner.Text)
    case other
  }

  var action: Action?
  var id: UInt64?
  /// An ``ActivityType`` or a ``ResultType``.
  var type: UInt64?
  /// A ``Verbosity``.
  var level: UInt64?
  /// `nil` where the key is missing, as it is before Nix 2.18.
  var parent: UInt64?
  var message: JSONScanner.Text?
  /// The first ``longestFields``: a record that matters has no more.
  var fields: [Field] = []

  private static let longestFields = 8

  /// Decodes a record; `nil` where the bytes are no JSON object.
  init?(_ bytes: UnsafeRawBufferPointer) {
    var scanner = JSONScanner(bytes)
    guard scanner.take(UInt8(ascii: "{")) else { return nil }
    if scanner.take(UInt8(ascii: "}")) { return }
    var seen = Keys()
    repeat {
      guard let key = scanner.string(), scanner.take(UInt8(ascii: ":")) else { return nil }
      let name = Keys(key, in: scanner)
      // Of a repeated key the first value stays; a key of no interest is passed over.
      guard !name.isEmpty, seen.insert(name).inserted else {
        guard scanner.skipValue() else { return nil }
        continue
      }
      guard read(name, from: &scanner) else { return nil }
    } while scanner.take(UInt8(ascii: ","))
    guard scanner.take(UInt8(ascii: "}")), scanner.isAtEnd else { return nil }
  }

  /// Whether it has the keys that Nix's logger never leaves out.
  func isWhole(_ action: Action) -> Bool {
    switch action {
    case .start, .result: id != nil && type != nil
    case .stop: id != nil
    case .message: level != nil && message != nil
    }
  }

  private mutating func read(_ key: Keys, from scanner: inout JSONScanner) -> Bool {
    switch key {
    case .action:
      guard let value = scanner.string() else { return scanner.skipValue() }
      if scanner.equals(value, "start") {
        action = .start
      } else if scanner.equals(value, "stop") {
        action = .stop
      } else if scanner.equals(value, "result") {
        action = .result
      } else if scanner.equals(value, "msg") {
        action = .message
      }
      return true
    case .id: return scanner.value(of: &id)
    case .type: return scanner.value(of: &type)
    case .level: return scanner.value(of: &level)
    case .parent: return scanner.value(of: &parent)
    case .message:
      message = scanner.string()
      return message != nil || scanner.skipValue()
    case .fields: return readFields(from: &scanner)
    default: return scanner.skipValue()
    }
  }

  private mutating func readFields(from scanner: inout JSONScanner) -> Bool {
    guard scanner.take(UInt8(ascii: "[")) else { return scanner.skipValue() }
    if scanner.take(UInt8(ascii: "]")) { return true }
    repeat {
      let field: Field
      if let text = scanner.string() {
        field = .text(text)
      } else if let number = scanner.number() {
        field = .number(number)
      } else {
        guard scanner.skipValue() else { return false }
        field = .other
      }
      if fields.count < Self.longestFields { fields.append(field) }
    } while scanner.take(UInt8(ascii: ","))
    return scanner.take(UInt8(ascii: "]"))
  }

  /// The keys that matter, as a set of bits: no allocation for a record that is thrown away.
  private struct Keys: OptionSet {
    let rawValue: UInt8
    static let action = Keys(rawValue: 1)
    static let id = Keys(rawValue: 2)
    static let type = Keys(rawValue: 4)
    static let level = Keys(rawValue: 8)
    static let parent = Keys(rawValue: 16)
    static let message = Keys(rawValue: 32)
    static let fields = Keys(rawValue: 64)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ key: JSONScanner.Text, in scanner: JSONScanner) {
      if scanner.equals(key, "action") {
        self = .action
      } else if scanner.equals(key, "id") {
        self = .id
      } else if scanner.equals(key, "type") {
        self = .type
      } else if scanner.equals(key, "fields") {
        self = .fields
      } else if scanner.equals(key, "level") {
        self = .level
      } else if scanner.equals(key, "parent") {
        self = .parent
      } else if scanner.equals(key, "msg") {
        self = .message
      } else {
        self = []
      }
    }
  }
}
