public import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// Writes whole runs as a bundle, piece by piece.
  ///
  /// - Parameters:
  ///   - runs: their names or the beginnings of those; all runs where it is `nil`.
  ///   - write: takes the next bytes.
  /// - Returns: how many runs were written.
  /// - Throws: ``EvidenceError``, also where there is no such run, and what `write` throws.
  @discardableResult
  public func export(_ runs: [RunID]?, to write: @escaping (Data) throws -> Void) throws -> Int {
    let names = try runs?.map { name in
      guard let known = try self.name(of: name) else { throw EvidenceError(path, .noRun(name.text)) }
      return known
    }
    // From a copy: a slow reader of what is written must not keep others from recording.
    return try snapshot().database.write { db in
      let seqs =
        try names?.compactMap { try Self.seq(of: $0, db) }
        ?? Int64.fetchAll(db, sql: "SELECT seq FROM run ORDER BY seq")
      let writer = try BundleWriter(db, write)
      try writer.write(seqs)
      return seqs.count
    }
  }
}

/// Writes one bundle.
final class BundleWriter {
  private let db: Database
  private let sink: (Data) throws -> Void
  private let canon: Canon
  private var told: Set<String> = []

  init(_ db: Database, _ sink: @escaping (Data) throws -> Void) throws {
    self.db = db
    self.sink = sink
    canon = try Canon(db)
  }

  func write(_ seqs: [Int64]) throws {
    try put("bundle", Bundle.format) { $0.add("schema", Int64(Schema.version)) }
    var written: Set<Int64> = []
    for seq in seqs where written.insert(seq).inserted { try write(run: seq) }
    try put("end", Bundle.format) { $0.add("runs", Int64(written.count)) }
  }

  private func write(run seq: Int64) throws {
    let id = try String.fetchOne(db, sql: "SELECT id FROM run WHERE seq = ?", arguments: [seq]) ?? ""
    let new = try String.fetchAll(db, sql: DerivationReach.sql(ofRuns: "= ?"), arguments: [seq, seq])
      .filter { told.insert($0).inserted }
    let derivations = try canon.lines(ofDerivations: new)
    try derivations.all.forEach { try sink(Data($0)) }
    let lines = try canon.lines(ofRun: seq)
    for case let line? in canon.takeMet().map(\.line) { try sink(Data(line)) }
    try lines.all.forEach { try sink(Data($0)) }
    let content = lines.digest
    try put("seal", id) { line in
      line.add("content", content.description)
      if !derivations.ranges.isEmpty { line.add("derivations", derivations.digest.description) }
    }
    let signatures = try String.fetchAll(
      db,
      sql: "SELECT DISTINCT signature FROM link WHERE run = ? AND content = ? AND signature IS NOT NULL",
      arguments: [seq, content])
    for signature in signatures { try put("signature", signature) { $0.add("run", id) } }
  }

  private func put(_ kind: StaticString, _ value: String, _ fill: (inout CanonicalLine) -> Void) throws {
    var line = CanonicalLine(kind, value)
    fill(&line)
    line.end()
    try sink(Data(line.bytes))
  }
}

/// The derivations that runs are about, and all that those are made of, as far as they were recorded.
enum DerivationReach {
  /// - Parameter runs: a condition on run numbers, such as `= ?`, which occurs twice.
  static func sql(ofRuns runs: String) -> String {
    """
    WITH RECURSIVE reach (path) AS (
      SELECT text.value FROM target_row AS row JOIN text ON text.id = row.derivation WHERE row.run \(runs)
      UNION
      SELECT text.value FROM log_event_row AS row
        JOIN event ON event.id = row.event JOIN text ON text.id = event.derivation WHERE row.run \(runs)
      UNION
      SELECT rtrim(derivation.path, replace(derivation.path, '/', '')) || input.key
        FROM reach JOIN derivation USING (path), json_each(derivation.inputs) AS input
    )
    SELECT path FROM reach JOIN derivation USING (path)
    """
  }
}
