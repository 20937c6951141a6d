import Foundation
import GRDB

/// Writes the rows of one table as canonical lines.
struct CanonicalTable {
  /// What is looked up: the texts and the entries of dictionaries that columns have ids of.
  typealias Lookup = (_ dictionary: String, _ id: Int64) throws -> [UInt8]

  private let statement: Statement
  private let head: [UInt8]
  private let columns: [Column]

  private struct Column {
    let name: [UInt8]
    /// `text` or a dictionary; `nil` where the column has the value itself.
    let dictionary: String?
  }

  /// - Parameters:
  ///   - kind: what the line calls the record: `row`, `entry`, `derivation`.
  ///   - omitting: columns that are this file's own.
  ///   - condition: which rows, with a `?`.
  init(
    _ shape: TableShape, _ kind: StaticString, named name: String, omitting omitted: Set<String>,
    where condition: String, _ db: Database
  ) throws {
    head = CanonicalLine(kind, name).bytes
    let kept = shape.columns.filter { !omitted.contains($0) }
    columns = kept.map { Column(name: CanonicalLine.name($0), dictionary: shape.references[$0]) }
    // Texts as bytes: a String would end at a NUL, and mend what is no UTF-8.
    let selected = kept.map { shape.texts.contains($0) ? "CAST(\($0) AS BLOB)" : $0 }
    statement = try db.makeStatement(
      sql: "SELECT \(selected.joined(separator: ", ")) FROM main.\(shape.name) WHERE \(condition)")
  }

  /// Adds a line for each row to `lines`.
  func append(
    _ argument: some DatabaseValueConvertible, to lines: inout CanonicalLines, _ lookup: Lookup
  ) throws {
    let rows = try Row.fetchCursor(statement, arguments: [argument])
    while let row = try rows.next() {
      var line = CanonicalLine(head)
      for (index, column) in columns.enumerated() {
        switch (row[index] as DatabaseValue).storage {
        case .null: break
        case .int64(let id):
          if let dictionary = column.dictionary {
            line.add(column.name, quoted: try lookup(dictionary, id))
          } else {
            line.add(column.name, id)
          }
        case .blob(let bytes): line.add(column.name, try CanonText.string(bytes))
        // No column of a strict schema has any other.
        case .double, .string: throw CanonFlaw.notText
        }
      }
      line.end()
      lines.append(line)
    }
  }
}

/// What cannot be written as a canonical line.
enum CanonFlaw: Error {
  /// Something is referred to that is not there.
  case dangling(dictionary: String, id: Int64)
  /// A text is not UTF-8, or holds a NUL, at which some readers end.
  case notText
  /// A proof says what only publications say, or a publication what only proofs say, or not all that it must.
  case misplaced
}

/// Texts as the store has them.
enum CanonText {
  static func string(_ bytes: Data) throws(CanonFlaw) -> String {
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
    return text
  }
}

/// Lines one after the other, in one buffer.
struct CanonicalLines {
  private(set) var bytes: [UInt8] = []
  private(set) var ranges: [Range<Int>] = []

  mutating func append(_ line: CanonicalLine) {
    ranges.append(bytes.count..<bytes.count + line.bytes.count)
    bytes += line.bytes
  }

  /// Puts the lines from `first` on into the order of their bytes.
  mutating func sort(from first: Int) {
    guard ranges.count - first > 1 else { return }
    bytes.withUnsafeBytes { bytes in
      ranges[first...].sort { left, right in
        let length = min(left.count, right.count)
        guard let start = bytes.baseAddress else { return false }
        let order = memcmp(start + left.lowerBound, start + right.lowerBound, length)
        return order == 0 ? left.count < right.count : order < 0
      }
    }
  }

  /// The lines.
  var all: some Sequence<ArraySlice<UInt8>> { ranges.lazy.map { bytes[$0] } }

  /// The digest of all lines.
  var digest: EvidenceDigest { EvidenceDigest(ofLines: all) }
}
