import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// The publications that fit `filter`, the latest first. They have no verdicts, reasons or origins: a filter that
  /// asks for one finds none.
  public func publications(
    matching filter: RunFilter = RunFilter(), limit: Int
  ) throws(EvidenceError) -> [PublicationRecord] {
    guard filter.verdicts.isEmpty, filter.reasons.isEmpty, filter.origins.isEmpty else { return [] }
    return try read { db in
      let reader = PublicationReader(db: db, path: path)
      return try RunSearch(db: db, filter: filter, for: .publications).runs(limit: limit)
        .map { try reader.record(of: $0.run) }
    }
  }

  /// The publication of that name, or whose name begins so; `nil` where there is no such run, or it is a proof.
  ///
  /// - Throws: ``EvidenceError``, also where several names begin so.
  public func publication(_ id: RunID) throws(EvidenceError) -> Publication? {
    guard let name = try name(of: id) else { return nil }
    return try read { db in
      guard let seq = try Self.seq(of: name, db) else { return nil }
      let reader = PublicationReader(db: db, path: path)
      return try reader.isPublication(seq) ? reader.publication(seq) : nil
    }
  }

  /// Where the caches can be written to that publications went to, as the latest of each say.
  public func publishingPlaces() throws(EvidenceError) -> PublishingPlaces {
    try read { db in
      let reader = PublicationReader(db: db, path: path)
      // There are few publications beside the proofs; those of some weeks know every place.
      let latest = try Row.fetchAll(
        db,
        sql: """
          SELECT publication.* FROM run INDEXED BY run_publication
          CROSS JOIN publication ON publication.run = run.seq
          WHERE run.purpose IS NOT NULL ORDER BY run.at DESC LIMIT 200
          """)
      return PublishingPlaces(
        try latest.compactMap { row in try reader.ifLegible { try reader.destination(row, row["run"]) } })
    }
  }

  /// The latest publication that says anything of each of `paths`, of those that one says anything of. One that
  /// cannot be read is passed over: what a proof says does not depend on it.
  public func latestPublications(of paths: [StorePath]) throws(EvidenceError) -> [StorePath: PathPublication]
  {
    try read { db in
      let reader = PublicationReader(db: db, path: path)
      let latest = try db.cachedStatement(
        sql: """
          SELECT run.seq FROM sighting CROSS JOIN run ON run.seq = sighting.run
          WHERE sighting.path = ?1 AND run.purpose IS NOT NULL
            -- Most paths were never published, and there may be many proofs of them.
            AND (EXISTS (SELECT 1 FROM published_path_row WHERE path = ?1)
              OR EXISTS (SELECT 1 FROM published_output_row WHERE path = ?1))
          ORDER BY sighting.at DESC, sighting.run DESC
          """)
      var found: [StorePath: PathPublication] = [:]
      for path in Set(paths) {
        guard
          let id = try Int64.fetchOne(
            db, sql: "SELECT id FROM text WHERE value = ?", arguments: [path.description])
        else { continue }
        let runs = try Int64.fetchCursor(latest, arguments: [id])
        while found[path] == nil, let run = try runs.next() {
          found[path] = try reader.ifLegible { try reader.record(of: id, in: run) }
        }
      }
      return found
    }
  }
}

/// Reads the rows of publications. Everything goes through the parsers once more: stored bytes are not trusted
/// either.
struct PublicationReader {
  let db: Database
  let path: String

  private func rows(
    _ columns: String, of table: String, _ seq: Int64, _ more: String = ""
  ) throws -> [Row] {
    let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM \(table) WHERE run = ? \(more)")
    return try Row.fetchAll(statement, arguments: [seq])
  }

  private func contradiction(_ seq: Int64, _ how: String) throws -> EvidenceError {
    let id = try String.fetchOne(db, sql: "SELECT id FROM run WHERE seq = ?", arguments: [seq])
    return EvidenceError(path, .contradiction(run: id ?? "\(seq)", how))
  }

  /// What `read` makes of the rows of the publication `seq`; whatever is wrong with them is a contradiction.
  private func reading<Value>(_ seq: Int64, _ read: () throws -> Value) throws -> Value {
    do { return try read() } catch let error as EvidenceError { throw error } catch let error as DatabaseError
    {
      throw error
    } catch { throw try contradiction(seq, "\(error)".excerpt) }
  }

  /// `nil` where the publication that is read contradicts itself.
  func ifLegible<Value>(_ read: () throws -> Value?) throws -> Value? {
    do { return try read() } catch let error as EvidenceError {
      guard case .contradiction = error.flaw else { throw error }
      return nil
    }
  }

  func isPublication(_ seq: Int64) throws -> Bool {
    let known = try db.cachedStatement(sql: "SELECT purpose IS NOT NULL FROM run WHERE seq = ?")
    return try Bool.fetchOne(known, arguments: [seq]) ?? false
  }

  // MARK: Publications

  /// All of it.
  func publication(_ seq: Int64) throws -> Publication {
    try reading(seq) {
      let (head, cgroup) = try beginningAndEnd(of: seq)
      return Publication(
        head: head, targets: try targets(of: seq),
        paths: try rows("*", of: "published_path", seq, "ORDER BY path").map { try published($0, seq) },
        faults: try rows("*", of: "publication_fault", seq, "ORDER BY position").map { try fault($0, seq) },
        cgroup: cgroup == CgroupFigures() ? nil : cgroup)
    }
  }

  /// A line of a list.
  func record(of seq: Int64) throws -> PublicationRecord {
    try reading(seq) {
      let targets = try rows("installable", of: "published_target", seq, "ORDER BY position")
        .map { try $0.decode(String.self, forColumn: "installable") }
      let sums = try rows(
        "published, count(*) AS paths, sum(served IS 1) AS served, sum(served IS 0) AS missing",
        of: "published_path_row", seq, "GROUP BY published")
      var counts = PublicationCounts()
      for row in sums {
        counts.add(try row.decode(Int.self, forColumn: "paths"), try word(row, "published", seq))
        counts.served += try row.decode(Int.self, forColumn: "served")
        counts.notServed += try row.decode(Int.self, forColumn: "missing")
      }
      return PublicationRecord(head: try beginningAndEnd(of: seq).head, targets: targets, counts: counts)
    }
  }

  /// What the publication `seq` says of a path, by its id; `nil` where `seq` is a proof.
  func record(of id: Int64, in seq: Int64) throws -> PathPublication? {
    try reading(seq) {
      guard try isPublication(seq) else { return nil }
      let head = try beginningAndEnd(of: seq).head
      let statement = try db.cachedStatement(
        sql: """
          SELECT text.value AS path, row.role, row.outcome, row.published, row.served, row.nar_size,
            (SELECT target.outcome FROM published_output_row AS output
              JOIN published_target_row AS target ON target.run = output.run AND target.position = output.target
              WHERE output.run = ?1 AND output.path = text.id LIMIT 1) AS target
          FROM text LEFT JOIN published_path_row AS row ON row.run = ?1 AND row.path = text.id WHERE text.id = ?2
          """)
      guard let row = try Row.fetchOne(statement, arguments: [seq, id]) else {
        throw try contradiction(seq, "a path that it names is not there")
      }
      let said: PathPublication.Said =
        try row.decode(String?.self, forColumn: "published") != nil
        ? .path(try published(row, seq)) : .output(try word(row, "target", seq))
      return PathPublication(
        try StorePath(parsing: row.decode(String.self, forColumn: "path")), said, in: head)
    }
  }

  // MARK: Parts

  private func beginningAndEnd(of seq: Int64) throws -> (head: PublicationHead, cgroup: CgroupFigures) {
    let begun = try db.cachedStatement(sql: "SELECT * FROM run WHERE seq = ?")
    guard let start = try StartRow.fetchOne(begun, arguments: [seq]),
      let row = try rows("*", of: "publication", seq).first
    else { throw try contradiction(seq, "it is a publication without an end") }
    let exitCode: Int = try row.decode(forColumn: "exit_code")
    guard let started = Instant.date(start.started), let code = UInt8(exactly: exitCode) else {
      throw try contradiction(seq, "its beginning or its end cannot be read")
    }
    let head = PublicationHead(
      id: RunID(start.id), started: started, finished: try instant(row, "finished", seq),
      state: try word(row, "state", seq), exitCode: code, program: start.warmth,
      publisher: Publisher(
        runner: Runner(
          host: start.host, pod: start.pod, processID: start.process,
          processStart: UInt64(bitPattern: start.process_start), bootID: start.boot),
        nix: try row.decode(forColumn: "nix"), system: try row.decode(forColumn: "system")),
      occasion: try rows("*", of: "occasion", seq).first.flatMap { row in
        let said = try OccasionRow(row: row)
        return Occasion(
          repository: said.repository, ref: said.ref, branch: said.branch, revision: said.revision,
          pipeline: said.pipeline, page: said.page)
      }, destination: try destination(row, seq))
    return (head, try figures(row))
  }

  func destination(_ row: Row, _ seq: Int64) throws -> PublicationDestination? {
    guard try row.decode(String?.self, forColumn: "kind") != nil else { return nil }
    func address(_ column: String) throws -> SubstituterURL? {
      try row.decode(String?.self, forColumn: column).map { try SubstituterURL(parsing: $0) }
    }
    return PublicationDestination(
      kind: try word(row, "kind", seq), cache: try row.decode(forColumn: "cache"),
      server: try address("server"), readSide: try address("read_side"))
  }

  private func figures(_ row: Row) throws -> CgroupFigures {
    func figure(_ column: String) throws -> UInt64? {
      try row.decode(Int64?.self, forColumn: column).map { UInt64(clamping: $0) }
    }
    var figures = CgroupFigures()
    figures.version = try figure("cgroup_version")
    figures.memoryPeak = try figure("memory_peak")
    figures.memoryPeakBefore = try figure("memory_peak_before")
    figures.memoryLimit = try figure("memory_limit")
    figures.oomKills = try figure("oom_kills")
    figures.pidsPeak = try figure("pids_peak")
    figures.pidsLimit = try figure("pids_limit")
    return figures
  }

  private func targets(of seq: Int64) throws -> [PublishedTarget] {
    var outputs: [Int: [PublishedTarget.Output]] = [:]
    for row in try rows("*", of: "published_output", seq, "ORDER BY target, position") {
      outputs[try row.decode(forColumn: "target"), default: []].append(
        PublishedTarget.Output(
          name: try row.decode(forColumn: "name"),
          path: try StorePath(parsing: row.decode(String.self, forColumn: "path"))))
    }
    let targets = try rows("*", of: "published_target", seq, "ORDER BY position").map { row in
      PublishedTarget(
        installable: try row.decode(forColumn: "installable"), outcome: try word(row, "outcome", seq),
        derivation: try row.decode(String?.self, forColumn: "derivation").map { try StorePath(parsing: $0) },
        outputs: outputs.removeValue(forKey: try row.decode(forColumn: "position")) ?? [],
        milliseconds: try row.decode(Int64?.self, forColumn: "milliseconds").map { UInt64(clamping: $0) },
        failure: try row.decode(String?.self, forColumn: "failure").map { _ in
          PublishedTarget.Failure(
            kind: try word(row, "failure", seq),
            message: try row.decode(String?.self, forColumn: "message") ?? "")
        })
    }
    if let target = outputs.keys.min() {
      throw try contradiction(seq, "it has outputs of target \(target), which is not there")
    }
    return targets
  }

  private func published(_ row: Row, _ seq: Int64) throws -> PublishedPath {
    PublishedPath(
      path: try StorePath(parsing: row.decode(String.self, forColumn: "path")),
      role: try word(row, "role", seq), outcome: try word(row, "outcome", seq),
      published: try word(row, "published", seq), isServed: try row.decode(forColumn: "served"),
      narSize: try row.decode(Int64?.self, forColumn: "nar_size").map { UInt64(clamping: $0) })
  }

  private func fault(_ row: Row, _ seq: Int64) throws -> PublicationFault {
    let code: String = try row.decode(forColumn: "code")
    guard let word = PublicationFault.Code(rawValue: code) else {
      throw try contradiction(seq, "its fault '\(code.excerpt)' is no word")
    }
    return PublicationFault(
      code: word, path: try row.decode(String?.self, forColumn: "path").map { try StorePath(parsing: $0) },
      isFatal: try row.decode(forColumn: "fatal"), message: try row.decode(forColumn: "message"))
  }

  private func word<Word: RawRepresentable>(
    _ row: Row, _ column: String, _ seq: Int64
  ) throws -> Word where Word.RawValue == String {
    let text = try row.decode(String?.self, forColumn: column) ?? ""
    guard let word = Word(rawValue: text) else {
      throw try contradiction(seq, "its \(column) is '\(text.excerpt)'")
    }
    return word
  }

  private func instant(_ row: Row, _ column: String, _ seq: Int64) throws -> Date? {
    try row.decode(String?.self, forColumn: column).map { text in
      guard let date = Instant.date(text) else {
        throw try contradiction(seq, "its \(column) is '\(text.excerpt)'")
      }
      return date
    }
  }
}
