import Evidence
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

/// A shard of a list that no other test uses.
func someShard() throws -> Shard? {
  let list = TargetList(try ["a", "b"].map { try Installable(parsing: "nixpkgs#\($0)") })
  return Shard(1, of: 2, of: list, in: try SweepName(parsing: "nightly"))
}

/// The testimony of a scene's witnesses, in the order in which a proof records it, and the outcomes that the
/// judge finds.
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

/// The faults of a store's file: those that SQLite finds, and missing or surplus rows in the search tables.
func faults(of store: EvidenceStore) throws -> [String] {
  try DatabaseQueue(path: store.path).read { db in
    try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
      + String.fetchAll(db, sql: "SELECT \"table\" FROM pragma_foreign_key_check")
  } + EvidenceStore(reading: store.path).verify().defects.map(\.description)
}

/// Scenes that have at least one of everything that a store keeps.
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
  rich.timeTaken = TimeTaken(
    milliseconds: 2500, copying: ["http://cache.example/main": 1200],
    marks: [.init(line: 2, milliseconds: 40), .init(line: 9, milliseconds: 2400)])
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

/// Changes a store's file as a stealthy writer would: the triggers that refuse the change are lifted
/// meanwhile.
func tamper(with path: String, _ change: (Database) throws -> Void) throws {
  let database = try DatabaseQueue(path: path)
  try database.writeWithoutTransaction { db in
    try db.execute(sql: "PRAGMA foreign_keys = OFF")
    try db.inTransaction {
      let guards = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
      for row in guards { try db.execute(sql: "DROP TRIGGER \(row[0] as String)") }
      try change(db)
      for row in guards { try db.execute(sql: row[1]) }
      return .commit
    }
  }
  try database.close()
}

/// The whole content of a store's file and of the files beside it, with the unpacked lines of entries.
func everything(in path: String) throws -> String {
  let directory = URL(filePath: path).deletingLastPathComponent()
  let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
  let plain = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
  let lines = try DatabaseQueue(path: path).read { db in
    try Data.fetchAll(db, sql: "SELECT bytes FROM entry")
      .map { String(decoding: try Packing().unpack(Array($0)), as: UTF8.self) }
  }
  return (plain + lines).joined(separator: "\n")
}

struct Unchanged: Error {}

/// Changes the lines of entries in a store's file, and leaves their digests as they are.
func amend(_ path: String, _ change: (one: String, other: String)) throws {
  try tamper(with: path) { db in
    var count = 0
    for row in try Row.fetchAll(db, sql: "SELECT id, bytes FROM entry") {
      let text = String(decoding: try Packing().unpack(Array(row[1] as Data)), as: UTF8.self)
      let changed = text.replacing(change.one, with: change.other)
      guard changed != text else { continue }
      count += 1
      try db.execute(
        sql: "UPDATE entry SET bytes = ? WHERE id = ?",
        arguments: [Data(Packing().pack(Array(changed.utf8))), row[0] as Int64])
    }
    guard count > 0 else { throw Unchanged() }
  }
}

/// The lines of a bundle, with their newlines.
func lines(ofBundle path: String) throws -> [String] {
  var bytes = Data()
  let unpacker = try Unpacker { bytes += $0 }
  try unpacker.take(Data(contentsOf: URL(filePath: path)))
  try unpacker.end()
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { "\($0)\n" }
}

/// The lines of a bundle with changed entries and digests that fit them, and without signatures.
func forged(_ lines: [String], _ change: (one: String, other: String)) throws -> [String] {
  var digests: [String: String] = [:]
  let all: [String] = lines.compactMap { line in
    if line.hasPrefix("{\"signature\"") { return nil }
    if line.hasPrefix("{\"record\"") {
      return digests.reduce(line) { $0.replacing($1.key, with: $1.value) }
    }
    guard !line.hasPrefix("{\"bundle\""), !line.hasPrefix("{\"end\"") else { return line }
    let changed = line.replacing(change.one, with: change.other)
    digests["\(EvidenceDigest(of: Data(line.utf8)))"] = "\(EvidenceDigest(of: Data(changed.utf8)))"
    return changed
  }
  guard all.joined() != lines.filter({ !$0.hasPrefix("{\"signature\"") }).joined() else { throw Unchanged() }
  return all
}

/// Changes the entries of a bundle, and seals it anew.
///
/// - Returns: the file.
func forge(_ bundle: String, _ change: (one: String, other: String)) throws -> String {
  let path = "\(bundle).forged"
  try forged(lines(ofBundle: bundle), change).joined().write(toFile: path, atomically: true, encoding: .utf8)
  return path
}

/// Changes the entries of a store, and makes everything that derives from them anew, as the owner of the file
/// can.
func reseal(_ store: EvidenceStore, _ change: (one: String, other: String)) throws {
  var bundle = Data()
  try store.export(nil) { bundle += $0 }
  let path = "\(store.path).bundle"
  try bundle.write(to: URL(filePath: path))
  let forged = try forged(lines(ofBundle: path), change)
  let other = try EvidenceStore(creatingAt: "\(store.path).other")
  try other.write { db in
    let (shelf, library, chain) = (try Shelf(db), try Library(db), try Chain(db))
    var kept: [String: Shelf.Kept] = [:]
    for line in forged where !line.hasPrefix("{\"bundle\"") && !line.hasPrefix("{\"end\"") {
      guard line.hasPrefix("{\"record\"") else {
        let entry = try Entry(line: Array(line.utf8))
        kept["\(entry.digest)"] = try shelf.keep(entry)
        continue
      }
      let item = try Item(JSON(parsing: line.utf8.dropLast()))
      let kind: RecordKind = try item.word("kind")
      let said = try item.texts("entries").compactMap { kept[$0] }
      let first = try Contents(said.prefix(1).map { try library.entry($0.id) }).item(kind.beginning)
      let place = try shelf.begin(RunID(item.text("record")), kind, at: first.instant("started"))
      try shelf.add(said, to: place)
      try shelf.add(TallyBook(library).tallies(of: library.parts(of: place.seq)), to: place)
      let content = try library.line(of: place.seq)?.content
      try chain.append(said.contains { $0.kind == kind.end } ? .imported : .fragment) {
        ($0.record, $0.content) = (place.seq, content)
      }
    }
  }
  try other.database.backup(to: DatabaseQueue(path: store.path))
}
