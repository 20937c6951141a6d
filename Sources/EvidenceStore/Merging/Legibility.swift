import GRDB
import NixModel

/// Reads what comes from elsewhere once as it will be read when it is here: what cannot be read must not get in, since
/// every list that it belongs to would fail from then on.
///
/// It is asked of publications and shards: a table's conditions do not say all that they must be.
struct Legibility {
  let db: Database
  /// The store, for errors.
  let path: String

  /// - Throws: ``EvidenceError/Flaw/contradiction(run:_:)`` where the run `seq` cannot be read.
  func require(_ seq: Int64) throws {
    let publications = PublicationReader(db: db, path: path)
    if try publications.isPublication(seq) { _ = try publications.publication(seq) }
    let shard = try db.cachedStatement(sql: "SELECT * FROM shard WHERE run = ?")
    if let row = try ShardRow.fetchOne(shard, arguments: [seq]), row.shard == nil {
      let id = try String.fetchOne(db, sql: "SELECT id FROM run WHERE seq = ?", arguments: [seq])
      throw EvidenceError(path, .contradiction(run: id ?? "\(seq)", ShardRow.impossible))
    }
  }

  /// The same, of all runs.
  func requireAll() throws {
    let runs = "SELECT run FROM shard_row UNION SELECT seq FROM run WHERE purpose IS NOT NULL"
    for seq in try Int64.fetchAll(db, sql: runs) { try require(seq) }
  }
}
