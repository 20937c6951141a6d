import Foundation
import GRDB

/// Leaves the SQLite file at `path` as a process does that is killed in the middle of a transaction, part of
/// which has reached the disk.
public func leaveHalfWritten(_ path: String) throws {
  let manager = FileManager.default
  var configuration = Configuration()
  configuration.allowsUnsafeTransactions = true
  let writer = try DatabaseQueue(path: path, configuration: configuration)
  try writer.writeWithoutTransaction { db in
    // Hardly any memory, so that pages go to the file at once.
    try db.execute(sql: "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE")
    for table in 0..<50 { try db.execute(sql: "CREATE TABLE half\(table) (x)") }
    for suffix in ["", "-journal"] {
      try manager.copyItem(atPath: path + suffix, toPath: path + ".half" + suffix)
    }
    try db.execute(sql: "ROLLBACK")
  }
  try writer.close()
  for suffix in ["", "-journal"] {
    if manager.fileExists(atPath: path + suffix) { try manager.removeItem(atPath: path + suffix) }
    try manager.moveItem(atPath: path + ".half" + suffix, toPath: path + suffix)
  }
}
