import Evidence
import GRDB
public import NixModel

extension EvidenceStore {
  /// The names of the sweeps that runs are shards of, that of the latest run first.
  public func sweeps() throws(EvidenceError) -> [SweepName] {
    try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT text.value FROM mark CROSS JOIN text ON text.id = mark.word
          WHERE mark.kind = 'sweep' GROUP BY mark.word ORDER BY max(mark.at) DESC, text.value
          """
      ).compactMap { try? SweepName(parsing: $0) }
    }
  }

  /// The verdict of a sweep, from the runs that are its shards.
  ///
  /// - Parameters:
  ///   - keys: only runs that one of these signed count; without keys, every run does.
  ///   - intent: the sweep as it was meant to be.
  /// - Returns: `nil` where no run is a shard of it.
  /// - Throws: ``EvidenceError``.
  public func sweep(
    _ sweep: SweepName, trusting keys: [PublicKey] = [], meaning intent: SweepIntent = SweepIntent()
  ) throws(EvidenceError) -> SweepVerdict? {
    let named = try records(of: sweep, "<> 'publication'")
    guard !named.isEmpty else { return nil }
    guard !keys.isEmpty else {
      return join(
        try runs(named: named), of: sweep, meaning: intent, settings: try settings(ofRuns: named))
    }
    // Only the lines of the runs are read from here on, because a signature covers nothing else.
    let distilled = try distilled(named)
    var signed: [RunID] = []
    for run in named where try !distilled.signers(of: run, among: keys).isEmpty { signed.append(run) }
    let counted = Set(signed)
    return join(
      try distilled.runs(named: signed), of: sweep, disregarding: named.filter { !counted.contains($0) },
      meaning: intent, settings: try distilled.settings(ofRuns: signed))
  }

  /// What the publications of a sweep come to together.
  ///
  /// - Returns: `nil` where no publication is a shard of it.
  public func publicationSweep(_ sweep: SweepName) throws(EvidenceError) -> PublicationSweep? {
    var publications: [Publication] = []
    for name in try records(of: sweep, "= 'publication'") {
      if let publication = try publication(name) { publications.append(publication) }
    }
    return PublicationSweep(publications, of: sweep)
  }

  /// The names of the sweep's records of a kind.
  private func records(of sweep: SweepName, _ kind: String) throws(EvidenceError) -> [RunID] {
    try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT record.id FROM mark CROSS JOIN record ON record.seq = mark.record
          WHERE mark.kind = 'sweep' AND mark.word = (SELECT id FROM text WHERE value = ?)
            AND record.kind \(kind)
          """, arguments: [sweep.text]
      ).map { RunID($0) }
    }
  }

  /// The settings that runs were proved with. A run that ended before it learned them has none.
  private func settings(ofRuns names: [RunID]) throws(EvidenceError) -> [RunID: ShardSetting] {
    try read { db in
      let library = try Library(db)
      var settings: [RunID: ShardSetting] = [:]
      for name in names {
        guard let seq = try library.seq(of: name),
          let environment = try reading(
            seq, library, { try library.contents(of: seq, .environment).environment() })
        else { continue }
        settings[name] = ShardSetting(
          system: environment.system, substituters: environment.substituters,
          keys: environment.trustedKeys.keys)
      }
      return settings
    }
  }

  private func runs(named names: [RunID]) throws(EvidenceError) -> [Run] {
    try read { db in
      let library = try Library(db)
      return try runs(names.compactMap { try library.seq(of: $0) }, db)
    }
  }
}
