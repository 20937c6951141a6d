import Foundation
import GRDB
import NixModel
import TestSupport

@testable import EvidenceStore

/// A store in a directory of its own.
struct Drawer: ~Copyable {
  let directory = FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString)").path
  var path: String { "\(directory)/evidence/warmth.sqlite" }
  deinit { try? FileManager.default.removeItem(atPath: directory) }
}

func start(
  _ id: String, _ attribute: String = "qemu_kvm", at seconds: Double = 1_777_809_600.125, shard: Shard? = nil
) throws -> RunStart {
  RunStart(
    id: RunID(id), started: Date(timeIntervalSince1970: seconds), version: "0.1.0",
    runner: Runner(host: "runner-1", pod: "pod-a", processID: 42, processStart: .max, bootID: "boot"),
    installables: [
      .flake(reference: "github:NixOS/nixpkgs", attribute: attribute, outputs: .named(["out", "dev"])),
      .path(try Make.path("hello-2.12.1")),
    ],
    policy: Policy(
      builds: .observe, allowBuild: [DerivationGlob("vm-*")], forbidBuild: [DerivationGlob("qemu*")],
      expectFrom: [try SubstituterURL(parsing: "http://cache.example/main")], needsFreshStore: true,
      strict: true, readOnly: [try ReadOnlyAssertion(parsing: "netrc-password@/etc/nix/netrc")]),
    occasion: Occasion(
      repository: "nixos/tests", ref: "refs/pull/12/merge", branch: "speed-\(attribute)",
      revision: "a3594b1e5c8f", pipeline: id, page: "https://ci.example/\(id)"), shard: shard)
}

/// A part of a list that is nobody's.
func someShard() throws -> Shard? {
  let list = TargetList(try ["a", "b"].map { try Installable(parsing: "nixpkgs#\($0)") })
  return Shard(1, of: 2, of: list, in: try SweepName(parsing: "nightly"))
}

/// What the witnesses of a scene say, in the order in which a proof records it, and what the judge makes of it.
func depositions(_ scene: Scene) throws -> [Deposition] {
  let testimony = try scene.testimony()
  return (testimony.baseline.map { [.baseline($0)] } ?? []) + [
    .environment(testimony.environment), .resolution(testimony.targets, testimony.unresolved),
    .survey(testimony.survey), .presence(testimony.before), .log(testimony.log),
    .registrations(testimony.after), .derivations(testimony.graph),
    .outcomes(outcomes(in: testimony, under: scene.policy)),
  ]
}

extension EvidenceStore {
  /// Records a whole run.
  func record(_ begun: RunStart, _ scene: Scene) throws {
    try begin(begun)
    try record(depositions(scene), for: begun.id)
    try conclude(
      begun.id,
      Conclusion(
        finished: begun.started.addingTimeInterval(12.5), judgment: try scene.judged(), memoryPeak: 7))
  }
}

/// What is wrong with a store's file: what SQLite finds, and what is missing in the tables by which runs are found,
/// or too much there.
func faults(of store: EvidenceStore) throws -> [String] {
  try DatabaseQueue(path: store.path).read { db in
    try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
      + String.fetchAll(db, sql: "SELECT \"table\" FROM pragma_foreign_key_check")
      + [("mark", marks), ("sighting", sightings), ("tally", tallies)].flatMap { table, said in
        try ["\(said) EXCEPT SELECT * FROM \(table)", "SELECT * FROM \(table) EXCEPT \(said)"].flatMap {
          sql in
          try Row.fetchAll(db, sql: "SELECT * FROM (\(sql))").map { "\(table): \($0)" }
        }
      }
  }
}

private let sightings = """
  SELECT text.id, run.at, row.run
  FROM (
    SELECT run, path FROM presence UNION SELECT run, path FROM offer UNION SELECT run, path FROM path_outcome
    UNION SELECT run, path FROM outcome
    UNION SELECT run, path FROM published_path UNION SELECT run, path FROM published_output
  ) AS row JOIN text ON text.value = row.path JOIN run ON run.seq = row.run
  """

private let marks = """
  SELECT row.kind, text.id, run.at, row.run
  FROM (
    SELECT 'target' AS kind, installable AS word, run FROM requested
    UNION SELECT 'target', replace(installable, rtrim(installable, replace(installable, '#', '')), ''), run
      FROM requested WHERE installable LIKE '%#%'
    UNION SELECT 'warm', installable, run FROM verdict WHERE verdict = 'warm'
    UNION SELECT 'verdict', verdict, run FROM conclusion
    UNION SELECT 'from', origin, run FROM outcome WHERE outcome = 'substituted'
    UNION SELECT 'from', origin, run FROM path_outcome WHERE outcome = 'substituted'
    UNION SELECT 'reason', code, run FROM reason
    UNION SELECT 'ref', ref, run FROM occasion WHERE ref IS NOT NULL
    UNION SELECT 'ref', branch, run FROM occasion WHERE branch IS NOT NULL
    UNION SELECT 'ref', revision, run FROM occasion WHERE revision IS NOT NULL
  ) AS row JOIN text ON text.value = row.word JOIN run ON run.seq = row.run
  """

/// Written without regard to the statement that is tested: each figure by itself, from the documented views.
private let tallies = """
  SELECT * FROM (WITH copied AS (
    SELECT run, path, origin AS cache FROM path_outcome WHERE outcome = 'substituted'
    UNION SELECT run, path, origin FROM outcome WHERE outcome = 'substituted')
  SELECT text.id, run.at, run.seq,
    (SELECT count(*) FROM copied WHERE copied.run = row.run AND copied.cache = row.cache),
    (SELECT coalesce(sum(coalesce(
        (SELECT nar_size FROM registration AS r WHERE r.run = copied.run AND r.path = copied.path),
        (SELECT nar_size FROM offer AS o
          WHERE o.run = copied.run AND o.path = copied.path AND o.cache = copied.cache))), 0)
      FROM copied WHERE copied.run = row.run AND copied.cache = row.cache),
    (SELECT coalesce(sum(offer.file_size), 0) FROM copied JOIN offer USING (run, path, cache)
      WHERE copied.run = row.run AND copied.cache = row.cache),
    (SELECT milliseconds FROM transfer WHERE transfer.run = row.run AND transfer.cache = row.cache),
    (SELECT count(*) FROM offer WHERE offer.run = row.run AND offer.cache = row.cache),
    (SELECT count(*) FROM offer WHERE offer.run = row.run AND offer.cache = row.cache AND answer = 'offered'),
    (SELECT count(*) FROM offer
      WHERE offer.run = row.run AND offer.cache = row.cache AND answer = 'failed' AND status IS NULL)
      + (SELECT count(*) FROM cache WHERE cache.run = row.run AND url = row.cache AND state = 'unreachable'),
    (SELECT count(*) FROM offer WHERE offer.run = row.run AND offer.cache = row.cache
      AND (answer = 'failed' AND status IS NOT NULL OR nar = 'failed'))
      + (SELECT count(*) FROM cache
        WHERE cache.run = row.run AND url = row.cache AND state IN ('failing', 'unusable')),
    (SELECT count(*) FROM offer WHERE offer.run = row.run AND offer.cache = row.cache
      AND (answer = 'refused' OR nar = 'refused')),
    (SELECT count(*) FROM offer WHERE offer.run = row.run AND offer.cache = row.cache AND answer = 'invalid'),
    (SELECT count(*) FROM offer
      WHERE offer.run = row.run AND offer.cache = row.cache AND answer = 'untrusted'),
    (SELECT count(*) FROM (
      SELECT path FROM offer WHERE offer.run = row.run AND offer.cache = row.cache AND nar = 'missing'
      UNION SELECT path FROM reason WHERE reason.run = row.run AND code = 'nar-missing'
        AND json_extract(fact, '$.narMissing.cache') = row.cache)),
    (SELECT count(DISTINCT path) FROM reason WHERE reason.run = row.run AND code = 'nar-corrupt'
      AND json_extract(fact, '$.narCorrupt.cache') = row.cache)
  FROM (
    SELECT run, url AS cache FROM cache UNION SELECT run, cache FROM offer
    UNION SELECT run, cache FROM transfer
    UNION SELECT run, origin FROM path_outcome WHERE outcome = 'substituted'
    UNION SELECT run, origin FROM outcome WHERE outcome = 'substituted'
  ) AS row
  JOIN conclusion ON conclusion.run = row.run JOIN run ON run.seq = row.run JOIN text ON text.value = row.cache)
  """

/// Scenes that have one of everything that is kept.
func variousScenes() throws -> [Scene] {
  let warm = try Scene()
  var cold = try Scene()
  cold.survey.answers[cold.glib] = [
    .init(cache: cold.cache, kind: .absent), .init(cache: cold.other, kind: .refused(status: 403)),
  ]
  cold.ending = .notStarted
  cold.events = []
  cold.before[cold.glib] = try cold.present(cold.glib)
  var rich = try Scene()
  rich.origins = ["substituters": "/etc/nix/nix.conf, line 3"]
  rich.evaluationLines = 1
  rich.means = [
    MeansOfWriting(
      .atticToken, at: "x", .readOnly("main: r"),
      probes: [.init(cache: "https://a/main", claimsPush: false, answer: .mayNotPush(status: 403))])
  ]
  rich.survey.caches += [
    .init(url: rich.other, state: .unreachable("x")),
    .init(url: try SubstituterURL(parsing: "s3://b"), state: .unknown),
  ]
  let flaw = NarinfoError(line: 3, flaw: .invalid(field: "NarSize", value: "x"))
  rich.survey.answers[try Make.path("b")] = [
    .init(cache: rich.other, kind: .failed(.status(500))), .init(cache: rich.cache, kind: .invalid(flaw)),
  ]
  rich.survey.answers[try Make.path("c")] = [
    .init(cache: rich.cache, kind: .refused(status: 403)), .init(cache: rich.other, kind: .absent),
  ]
  rich.survey.answers[try Make.path("d")] = [
    .init(cache: rich.cache, kind: .untrusted(try Make.narinfo(try Make.path("d"))))
  ]
  rich.survey.answers[try Make.path("e")] = []
  rich.events += [
    .buildStarted(derivation: rich.drv), .buildStartedRemotely(derivation: rich.drv, machine: "ssh://b"),
    .transferred(path: rich.glib, from: "local", to: "ssh://b"),
    .resolved(derivation: rich.drv, to: rich.glibDrv), .postBuildHook(derivation: rich.drv),
    .copyStopped(path: rich.glib, from: "http://cache.example/main"),
    .complaint(
      Complaint(subject: .downloadFailed(url: "http://c/nar/x", status: 500), text: "HTTP error 500")),
    .complaint(Complaint(subject: .signatureUntrusted(path: rich.glib, cache: nil), text: "not signed")),
  ]
  rich.policy.builds = .observe
  rich.before[rich.glib] = try rich.present(rich.glib, since: .evaluation(row: 12))
  rich.before[try Make.path("f")] = try rich.present(try Make.path("f"), isUltimate: true)
  rich.before[try Make.path("g")] = .unregistered
  rich.baseline = .listed(paths: 11)
  rich.timeTaken = TimeTaken(milliseconds: 2500, copying: ["http://cache.example/main": 1200])
  return [warm, cold, rich]
}

extension EvidenceStore {
  /// Records a publication, as an import of its summary does.
  func importSummary(_ text: String) throws {
    let place = "\(path).summary.json"
    try text.write(toFile: place, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: place) }
    _ = try merge(EvidenceStore(reading: place))
  }
}

/// Changes a store's file as somebody would who does not want to be noticed: what refuses to is lifted meanwhile.
func tamper(with path: String, _ change: (Database) throws -> Void) throws {
  let database = try DatabaseQueue(path: path)
  try database.writeWithoutTransaction { db in
    try db.execute(sql: "PRAGMA foreign_keys = OFF")
    try db.inTransaction {
      try db.execute(sql: Schema.withoutGuards(of: Schema.guarded))
      try change(db)
      try db.execute(sql: Schema.guards(of: Schema.guarded))
      return .commit
    }
  }
  try database.close()
}

/// Changes a store's file, and makes all that is derived of its rows anew, as somebody can who owns the file.
func reseal(_ store: EvidenceStore, _ change: (Database) throws -> Void) throws {
  try tamper(with: store.path) { db in
    try change(db)
    for table in Catalogue.indexes { try db.execute(sql: "DELETE FROM \(table)") }
    for (table, _) in Catalogue.ofRun { try Indexing.update(table, ofRuns: "IS NOT NULL", db) }
    try db.execute(sql: "DELETE FROM link; DELETE FROM sqlite_sequence WHERE name = 'link'")
    try db.execute(sql: "UPDATE derivation SET link = 1")
    try Chain(db).adoptEverything()
  }
}

/// Changes what a bundle of one run says, which has no signature, and seals it anew.
///
/// - Returns: the file.
func forge(_ bundle: String, _ change: (one: String, other: String)) throws -> String {
  struct Unchanged: Error {}
  let text = try String(contentsOfFile: bundle, encoding: .utf8)
  let changed = text.replacing(change.one, with: change.other)
  guard changed != text else { throw Unchanged() }
  let lines = changed.split(separator: "\n").map { "\($0)\n" }
  let rows = lines.filter { $0.hasPrefix("{\"row\"") }.joined()
  let digest = "\(EvidenceDigest(of: Data(rows.utf8)))"
  let path = "\(bundle).forged"
  try lines.map { line in
    guard let content = line.range(of: "\"content\":\"") else { return line }
    return line.replacingCharacters(
      in: content.upperBound..<line.index(content.upperBound, offsetBy: 64), with: digest)
  }.joined().write(toFile: path, atomically: true, encoding: .utf8)
  return path
}
