import Foundation
import NixModel

/// A value of a list, as all three of its forms can write it. One that is not there is `null` in a document, and empty
/// elsewhere.
enum Value: Encodable, Sendable {
  /// A text by anybody: it becomes one line without credentials and control characters.
  case text(String?)
  /// The same, and its lines stay lines where there is room for them.
  case prose(String?)
  case number(Int?)
  /// A size, which a table shows with a unit.
  case bytes(UInt64?)
  /// A duration, likewise.
  case milliseconds(Int?)
  /// An instant; a table shows how long ago it was as well.
  case instant(Date?)
  case flag(Bool?)
  case list([Value])
  /// Something with keys of its own. It is only in documents.
  case object([String: Value]?)

  static func texts(_ texts: [String]?) -> Value { .list((texts ?? []).map { .text($0) }) }

  /// A number that may be larger than any `Int`.
  static func count(_ count: UInt64?) -> Value { .bytes(count) }

  /// The objects of `rows`.
  static func list<Row>(_ rows: [Row], _ columns: [Column<Row>]) -> Value {
    .list(rows.map(writer(of: columns)))
  }

  /// The object of `row`; `null` where there is none.
  static func object<Row>(_ row: Row?, _ columns: [Column<Row>]) -> Value { writer(of: columns)(row) }

  /// The function that makes an object of each row; `null` where there is none.
  static func writer<Row>(of columns: [Column<Row>]) -> @Sendable (Row?) -> Value {
    let fields = columns.flatMap(\.fields)
    return { row in
      .object(
        row.map { row in fields.reduce(into: [:]) { object, field in object[field.name] = field.value(row) } }
      )
    }
  }

  struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    if case .object(let object?) = self {
      var container = encoder.container(keyedBy: Key.self)
      for (key, value) in object { try container.encode(value, forKey: Key(stringValue: key)) }
      return
    }
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text?): try container.encode(Words.line(text))
    case .prose(let text?): try container.encode(Words.printable(text))
    case .number(let number?), .milliseconds(let number?): try container.encode(number)
    case .bytes(let count?): try container.encode(count)
    case .instant(let instant?): try container.encode(Instant.iso8601(instant))
    case .flag(let flag?): try container.encode(flag)
    case .list(let values): try container.encode(values)
    case .text, .prose, .number, .milliseconds, .bytes, .instant, .flag, .object: try container.encodeNil()
    }
  }

  /// The value in a table that is seen at `now`.
  func cell(seenAt now: Date) -> Table.Cell { .init(words(seenAt: now)) }

  private func words(seenAt now: Date) -> String {
    switch self {
    case .text(let text), .prose(let text): text ?? ""
    case .number(let number): number.map { "\($0)" } ?? ""
    case .bytes(let count): count.map { Quantity.bytes($0) } ?? ""
    case .milliseconds(let count): count.map { Quantity.duration(milliseconds: $0) } ?? ""
    case .instant(let instant): instant.map { Instant.moment($0, seenAt: now) } ?? ""
    case .flag(let flag): flag.map { $0 ? "yes" : "no" } ?? ""
    case .list(let values): values.map { $0.words(seenAt: now) }.joined(separator: ", ")
    case .object: ""
    }
  }
}
