import Evidence
import GRDB
import NixModel

/// Gives the ids of texts, and adds new ones. It remembers ids, and so lives no longer than one transaction,
/// because a rollback removes new texts.
final class Texts {
  private let db: Database
  private let known: Statement
  private let new: Statement
  private var ids: [Spelling: Int64] = [:]

  /// A text that is compared by its bytes, as the table does. To Swift, some texts of different bytes are
  /// equal.
  private struct Spelling: Hashable {
    let text: String

    static func == (left: Spelling, right: Spelling) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  init(_ db: Database) throws {
    self.db = db
    known = try db.cachedStatement(sql: "SELECT id FROM text WHERE value = ?")
    new = try db.cachedStatement(sql: "INSERT INTO text (value) VALUES (?)")
  }

  func id(of text: String) throws -> Int64 {
    let spelling = Spelling(text: text)
    if let id = ids[spelling] { return id }
    let id = try Int64.fetchOne(known, arguments: [text]) ?? add(text)
    ids[spelling] = id
    return id
  }

  private func add(_ text: String) throws -> Int64 {
    try new.execute(arguments: [text])
    return db.lastInsertedRowID
  }

  func value(of cell: Cell) throws -> DatabaseValue {
    switch cell {
    case .null: .null
    case .number(let number): number.databaseValue
    case .word(let word): word.databaseValue
    case .text(let text): try id(of: text).databaseValue
    }
  }
}
