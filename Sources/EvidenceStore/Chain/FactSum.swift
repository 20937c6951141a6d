import Evidence
import Foundation
import GRDB

/// A sum over the rows of a table in any order. Tables with the same rows have the same sum.
///
/// Each row adds a hash with a key of this process alone, so that a forger cannot make two tables agree.
struct FactSum: Hashable, Sendable {
  private(set) var count = 0
  private var sum: UInt64 = 0

  /// The tables that are compared.
  enum Table: Hashable, Sendable, CaseIterable {
    case mark, tally
    case facts(FactTable)

    static var allCases: [Table] { [.mark, .tally] + FactTable.allCases.map { .facts($0) } }

    var name: String {
      switch self {
      case .mark: "mark"
      case .tally: "tally"
      case .facts(let table): table.rawValue
      }
    }
  }

  init() {}

  mutating func add(_ row: [Cell]) {
    var hasher = Hasher()
    for cell in row {
      switch cell {
      case .null: hasher.combine(0)
      case .number(let number):
        hasher.combine(1)
        hasher.combine(number)
      case .word(var text), .text(var text):
        hasher.combine(2)
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(text.utf8.count)
      }
    }
    count += 1
    sum &+= UInt64(bitPattern: Int64(hasher.finalize()))
  }

  static func + (left: FactSum, right: FactSum) -> FactSum {
    var sum = left
    sum.count += right.count
    sum.sum &+= right.sum
    return sum
  }

  /// The sum over the present rows of a table.
  init(of table: Table, _ db: Database) throws {
    let columns =
      switch table {
      case .mark: ["kind", "word", "at", "record"]
      case .tally: ["cache", "at", "record"] + Tally.columns
      case .facts(let table): ["entry"] + table.columns
      }
    let texts = try TextUse.columns(of: table.name, db)
    // Texts are read as bytes, because a String would end at a NUL.
    let selected = columns.map { column in
      texts.contains(column)
        ? "(SELECT CAST(value AS BLOB) FROM text WHERE id = \(column))"
        : "iif(typeof(\(column)) = 'text', CAST(\(column) AS BLOB), \(column))"
    }
    let rows = try Row.fetchCursor(db, sql: "SELECT \(selected.joined(separator: ", ")) FROM \(table.name)")
    while let row = try rows.next() {
      add(
        row.map { _, value in
          switch value.storage {
          case .null: .null
          case .int64(let number): .number(number)
          case .string(let text): .word(text)
          // Bad UTF-8 is repaired, and so becomes another text than the entry's.
          case .blob(let bytes): .text(String(decoding: bytes, as: UTF8.self))
          case .double: .null
          }
        })
    }
  }
}
