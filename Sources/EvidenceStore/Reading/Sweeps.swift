import GRDB
public import NixModel

extension EvidenceStore {
  /// The names of the sweeps that runs are shards of, that of the latest run first.
  public func sweeps() throws(EvidenceError) -> [SweepName] {
    try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT text.value FROM shard_row AS row
          CROSS JOIN text ON text.id = row.sweep CROSS JOIN run ON run.seq = row.run
          GROUP BY row.sweep ORDER BY max(run.at) DESC, text.value
          """
      ).compactMap { try? SweepName(parsing: $0) }
    }
  }

  /// What the runs of a sweep come to together.
  ///
  /// - Parameters:
  ///   - keys: only runs that one of these signed count; every run does where there are none.
  ///   - intent: what it was meant to be.
  /// - Returns: `nil` where no run is a shard of it.
  public func sweep(
    _ sweep: SweepName, trusting keys: [PublicKey] = [], meaning intent: SweepIntent = SweepIntent()
  ) throws(EvidenceError) -> SweepVerdict? {
    let named = try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT run.id FROM shard_row AS row CROSS JOIN run ON run.seq = row.run
          WHERE row.sweep = (SELECT id FROM text WHERE value = ?)
          """, arguments: [sweep.text]
      ).map { RunID($0) }
    }
    guard !named.isEmpty else { return nil }
    guard !keys.isEmpty else {
      return join(
        try runs(named: named), of: sweep, meaning: intent, settings: try settings(ofRuns: named))
    }
    // A signature is over what a run says, and so nothing else is asked.
    let distilled = try distilled(named)
    var signed: [RunID] = []
    for run in named where try !distilled.signers(of: run, among: keys).isEmpty { signed.append(run) }
    let counted = Set(signed)
    return join(
      try distilled.runs(named: signed), of: sweep, disregarding: named.filter { !counted.contains($0) },
      meaning: intent, settings: try distilled.settings(ofRuns: signed))
  }

  /// What runs were proved with, of those that came to know it.
  private func settings(ofRuns names: [RunID]) throws(EvidenceError) -> [RunID: ShardSetting] {
    try read { db in
      func texts(_ table: String, _ column: String, _ seq: Int64) throws -> [String] {
        let statement = try db.cachedStatement(
          sql: """
            SELECT text.value FROM \(table) AS row CROSS JOIN text ON text.id = row.\(column)
            WHERE row.run = ? ORDER BY row.position
            """)
        return try String.fetchAll(statement, arguments: [seq])
      }
      var settings: [RunID: ShardSetting] = [:]
      for name in names {
        guard let seq = try Self.seq(of: name, db),
          let system = try String.fetchOne(
            db.cachedStatement(sql: "SELECT system FROM environment WHERE run = ?"), arguments: [seq])
        else { continue }
        settings[name] = ShardSetting(
          system: system,
          substituters: try texts("substituter_row", "url", seq).map { try SubstituterURL(parsing: $0) },
          keys: try texts("trusted_key_row", "key", seq).map { try PublicKey(parsing: $0) })
      }
      return settings
    }
  }

  private func runs(named names: [RunID]) throws(EvidenceError) -> [Run] {
    try read { db in try runs(names.compactMap { try Self.seq(of: $0, db) }, db) }
  }
}
