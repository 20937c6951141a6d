import Foundation
import GRDB

/// Adds rows to one table.
struct Table {
  let db: Database
  let name: String
  let run: Int64?

  /// Adds one row; columns that are not named stay `NULL`.
  func insert(_ values: [String: (any DatabaseValueConvertible)?]) throws {
    var values = values
    if let run { values["run"] = run }
    // Sorted, so that rows of a kind share one prepared statement.
    let columns = values.keys.sorted()
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    let statement = try db.cachedStatement(
      sql: "INSERT INTO \(name) (\(columns.joined(separator: ", "))) VALUES (\(marks))")
    let arguments: [(any DatabaseValueConvertible)?] = columns.map { values[$0].flatMap { $0 } }
    try statement.execute(arguments: StatementArguments(arguments))
  }
}

extension Database {
  /// A table to add rows to, which belong to a run where one is given.
  func table(_ name: String, ofRun run: Int64? = nil) -> Table { Table(db: self, name: name, run: run) }
}

/// Instants as the store writes them: `2026-05-03T12:00:00.123Z`, always UTC, always with milliseconds, so
/// that they sort as text.
enum Instant {
  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  static func text(_ date: Date) -> String { date.formatted(style) }

  static func date(_ text: String) -> Date? { try? style.parse(text) }
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
