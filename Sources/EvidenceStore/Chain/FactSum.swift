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

    var columns: [String] {
      switch self {
      case .mark: ["kind", "word", "at", "record"]
      case .tally: ["cache", "at", "record"] + Tally.columns
      case .facts(let table): ["entry"] + table.columns
      }
    }
  }

  init() {}

  mutating func add(_ row: [Cell]) { add(row.lazy.map(Value.init)) }

  private mutating func add(_ row: some Sequence<Value>) {
    var hasher = Hasher()
    for value in row { hasher.combine(value) }
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
  init(of table: Table, _ texts: TextHashes, _ db: Database) throws {
    let references = try TextUse.columns(of: table.name, db)
    let isReference = table.columns.map(references.contains)
    // Texts are read as bytes, because a String would end at a NUL, and repair bad UTF-8.
    let selected = zip(table.columns, isReference).map { column, isReference in
      isReference ? column : "iif(typeof(\(column)) = 'text', CAST(\(column) AS BLOB), \(column))"
    }
    let rows = try Row.fetchCursor(db, sql: "SELECT \(selected.joined(separator: ", ")) FROM \(table.name)")
    while let row = try rows.next() {
      add(
        zip(row.databaseValues, isReference).lazy.map { value, isReference in
          switch value.storage {
          case .int64(let id) where isReference: texts[id]
          case .int64(let number): .number(number)
          case .blob(let bytes): .text(bytes)
          case .null, .double, .string: .null
          }
        })
    }
  }

  /// A value of a row, as it enters the sum.
  fileprivate enum Value: Hashable {
    case null
    case number(Int64)
    /// A text, by the hash of its bytes.
    case text(Int)
    /// A text that is not there.
    case nothing

    init(_ cell: Cell) {
      switch cell {
      case .null: self = .null
      case .number(let number): self = .number(number)
      case .word(var text), .text(var text):
        self = text.withUTF8 { .text(of: UnsafeRawBufferPointer($0)) }
      }
    }

    static func text(_ bytes: Data) -> Value { bytes.withUnsafeBytes { .text(of: $0) } }

    private static func text(of bytes: UnsafeRawBufferPointer) -> Value {
      var hasher = Hasher()
      hasher.combine(bytes: bytes)
      return .text(hasher.finalize())
    }
  }
}

/// The texts of a store, as they enter a ``FactSum``, by their ids.
struct TextHashes {
  private var values: [Int64: FactSum.Value] = [:]

  init(_ db: Database) throws {
    let rows = try Row.fetchCursor(db, sql: "SELECT id, CAST(value AS BLOB) FROM text")
    while let row = try rows.next() { values[row[0]] = .text(try row.decode(Data.self, atIndex: 1)) }
  }

  fileprivate subscript(_ id: Int64) -> FactSum.Value { values[id] ?? .nothing }
}
