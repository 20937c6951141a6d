import Foundation
import GRDB
import NixModel

/// Adds rows to one table, by a statement that is prepared once.
struct Table {
  private let statement: Statement

  init(_ name: String, _ columns: [String], _ db: Database) throws {
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    statement = try db.cachedStatement(
      sql: "INSERT INTO \(name) (\(columns.joined(separator: ", "))) VALUES (\(marks))")
  }

  /// Adds one row; a value for each column, in their order.
  func insert(_ values: [(any DatabaseValueConvertible)?]) throws {
    // Everything that is recorded passes here.
    let shown = values.map { value in (value as? String).map { Redaction.withoutKnown($0) } ?? value }
    try statement.execute(arguments: StatementArguments(shown))
  }
}

/// Instants as the store writes them: `2026-05-03T12:00:00.123Z`, always UTC, always with milliseconds, so
/// that they sort as text.
enum Instant {
  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  static func text(_ date: Date) -> String { date.formatted(style) }

  static func date(_ text: String) -> Date? { try? style.parse(text) }

  /// Milliseconds since 1970, by which runs are ordered.
  static func milliseconds(_ date: Date) -> Int64 {
    // A time that is further away than any run is as good as the end of times.
    let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
    return Int64(exactly: milliseconds) ?? (milliseconds < 0 ? .min : .max)
  }

  /// Whether both say the same.
  static func agree(_ text: String, milliseconds: Int64) -> Bool {
    date(text).map { Self.milliseconds($0) } == milliseconds
  }
}

/// Values that are kept as JSON, with sorted keys: the same value is always the same text.
enum JSON {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
