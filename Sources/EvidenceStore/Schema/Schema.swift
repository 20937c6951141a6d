import EvidenceSchema
import GRDB

/// The schema of the file: evidence/schema.sql, which the program carries.
enum Schema {
  /// The schema's number (`PRAGMA user_version`), by which a newer program's file is known.
  static let version = 1
  /// "WRMT" (`PRAGMA application_id`), by which another program's file is known.
  static let applicationID: Int32 = 0x5752_4D54

  /// The statements that make a new store.
  static var sql: String {
    let bytes = UnsafeRawBufferPointer(start: warmth_evidence_schema(), count: warmth_evidence_schema_size())
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Makes the tables of a file that has none. Several processes may open a new file at once. They make its
  /// tables once, because this runs within a transaction, and only one of these writes at a time.
  ///
  /// A schema 2 would come as a file of statements beside schema.sql, evidence/schema-2.sql. The program
  /// would carry it as well, and run it here in the same transaction where the file is at 1: `if version == 1
  /// { try db.execute(sql: second) }`.
  static func bringUp(_ db: Database) throws {
    guard try Int.fetchOne(db, sql: "PRAGMA user_version") == 0 else { return }
    try db.execute(sql: sql)
  }

  /// The tables that hold the records. All others repeat these for searches.
  static let guarded = ["entry", "record", "record_entry", "link"]
}
