import Evidence
import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

@Suite final class `A publication` {
  private let drawer = Drawer()
  private let id = RunID("20260503T120000Z-abc123")

  /// A summary in a file, opened as an import does.
  private func summary(
    _ text: String, as name: String = "summary"
  ) throws(EvidenceError) -> EvidenceStore {
    let path = "\(drawer.directory)/\(name).json"
    try? FileManager.default.createDirectory(atPath: drawer.directory, withIntermediateDirectories: true)
    try? text.write(toFile: path, atomically: true, encoding: .utf8)
    return try EvidenceStore(reading: path)
  }

  private func store(_ name: String = "warmth") throws -> EvidenceStore {
    try EvidenceStore(creatingAt: "\(drawer.directory)/\(name).sqlite")
  }

  /// A store with a proof, the publication, and a later proof, all of them about the same path.
  private func filled(_ name: String = "warmth") throws -> EvidenceStore {
    let store = try store(name)
    let scene = try Scene()
    try store.record(try start("r-1", at: 1_777_809_000), scene)
    _ = try store.merge(summary(Make.summary(of: scene.qemu)))
    try store.record(try start("r-2", at: 1_777_810_000), scene)
    return store
  }

  @Test func `tells where its cache can be written to`() throws {
    let store = try filled()
    let head = try #require(try store.publication(id)?.head)
    let destination = try #require(head.destination)
    let cache = try #require(destination.readSide)
    #expect(try store.publishingPlaces().destination(of: cache.canonical) == destination)
    #expect(try store.publishingPlaces().destination(of: "https://elsewhere.example") == nil)
    #expect(try self.store("empty").publishingPlaces() == PublishingPlaces())
  }

  @Test func `is read as it was written, without secrets and control characters`() throws {
    let store = try store()
    let merged = try store.merge(summary(Make.summary()))
    #expect(merged == MergeSummary(imported: 1, publications: 1))
    let publication = try #require(try store.publication(RunID("20260503T12")))
    let head = publication.head
    #expect(head.id == id)
    #expect(head.started == Date(timeIntervalSince1970: 1_777_809_600.125))
    #expect(head.finished == Date(timeIntervalSince1970: 1_777_810_200))
    #expect(head.state == .failed && head.exitCode == 1 && head.program == "cache-warm.sh 1")
    #expect(
      head.publisher
        == Publisher(
          runner: Runner(
            host: "builder-1", pod: "pod-b", processID: 123, processStart: UInt64(Int64.max), bootID: "boot"),
          nix: "2.34.8", system: "x86_64-linux"))
    #expect(head.occasion?.page == "https://***@ci.example/1")
    #expect(head.occasion?.pipeline == nil)
    #expect(
      head.destination
        == PublicationDestination(
          kind: .attic, cache: "main", server: try SubstituterURL(parsing: "https://attic.example"),
          readSide: try SubstituterURL(parsing: "https://attic.example/main")))
    #expect(publication.targets.map(\.outcome) == [.built, .failed])
    #expect(publication.targets[0].milliseconds == 1234)
    #expect(publication.targets[0].outputs.map(\.path.name) == ["libguestfs-1.54.1"])
    #expect(
      publication.targets[1].failure == .init(kind: .outOfMemory, message: "at\nhttps://***@x.example"))
    let glib = try #require(publication.paths.first { $0.path.name == "glib-2.80" })
    #expect(glib.role == .runtime && glib.isServed == false && glib.narSize == UInt64(Int64.max))
    let gcc = try #require(publication.paths.first { $0.path.name == "gcc-14" })
    #expect(gcc.published == .filtered && gcc.isServed == nil && gcc.narSize == nil)
    #expect(publication.faults.map(\.code.rawValue) == ["not-served", "something-new"])
    #expect(publication.faults.map(\.isFatal) == [true, false])
    #expect(publication.cgroup?.memoryPeak == 99 && publication.cgroup?.pidsLimit == nil)
    #expect(publication.counts.paths == 3 && publication.counts.pushed == 2)
    #expect(publication.counts.served == 1 && publication.counts.notServed == 1)
    let bytes = try #require(FileManager.default.contents(atPath: store.path))
    #expect(bytes.range(of: Data("hunter2".utf8)) == nil)
    #expect(try faults(of: store).isEmpty)
  }

  @Test func `is added once, and contradicted by another of its name`() throws {
    let store = try filled()
    #expect(try store.merge(summary(Make.summary(of: Scene().qemu))) == MergeSummary(known: 1))
    let before = FileManager.default.contents(atPath: store.path)
    let scene = try Scene()
    let text = try Make.summary(of: scene.qemu)
    for (number, (one, other)) in [
      ("\"builder-1\"", "\"builder-2\""), ("\"exitCode\": 1", "\"exitCode\": 2"),
      ("\"memoryPeak\": 99", "\"memoryPeak\": 98"), ("\"served\": true", "\"served\": false"),
      ("\"no narinfo\"", "\"a narinfo\""), ("1234", "4321"), ("\"name\": \"out\"", "\"name\": \"dev\""),
      ("\"branch\": \"main\"", "\"branch\": \"work\""),
      (",\n    { \"code\": \"something-new\", \"path\": null, \"fatal\": false, \"message\": \"\" }", ""),
    ].enumerated() {
      let changed = text.replacing(one, with: other)
      try #require(changed != text, "\(one)")
      let error = #expect(throws: EvidenceError.self, "\(one)") {
        try store.merge(self.summary(changed, as: "other-\(number)"))
      }
      guard case .disagreement(_, let about, _)? = error?.flaw else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(about == "run \(id)")
    }
    #expect(FileManager.default.contents(atPath: store.path) == before)
  }

  /// It must not be taken for a proof, nor for a run that was cut off.
  @Test func `is no proof`() throws {
    let store = try filled()
    let scene = try Scene()
    #expect(try store.runs(limit: 9).map(\.start.id.text) == ["r-2", "r-1"])
    #expect(try store.latestRun()?.start.id.text == "r-2")
    for filter in [
      RunFilter(verdicts: [.inconclusive]), RunFilter(reasons: [.interrupted]),
      RunFilter(runners: ["builder-1"]), RunFilter(runners: ["pod-b"]), RunFilter(refs: ["main"]),
      RunFilter(paths: [.name("glib-2.80")], since: Date(timeIntervalSince1970: 1_777_809_600)),
    ] {
      let names = try store.runs(matching: filter, limit: 9).map(\.start.id.text)
      #expect(!names.contains(id.text), "\(filter)")
    }
    #expect(
      try store.runs(matching: RunFilter(paths: [.path(scene.qemu)]), limit: 9).map(\.start.id.text)
        == ["r-2", "r-1"])
    #expect(try store.caches().caches.allSatisfy { $0.runs == 2 })
    #expect(try store.regressions().isEmpty)
    for target in ["github:NixOS/nixpkgs#libguestfs", "libguestfs"] {
      #expect(try store.recordedRuns(about: target, limit: 9).isEmpty)
      #expect(try store.latestRun(about: target) == nil)
      #expect(try store.history(of: target, limit: 9).items.isEmpty)
    }
    for question in [{ _ = try store.run(self.id) }, { _ = try store.run(RunID("2026")) }] {
      let error = #expect(throws: EvidenceError.self) { try question() }
      #expect(error?.flaw == .isPublication(id.text))
    }
    #expect(try store.run(RunID("r-1")) != nil)
    #expect(try store.publication(RunID("r-1")) == nil)
    let views = try store.read { db in
      try ["audit_run", "audit_target", "audit_path", "audit_cache"].flatMap {
        try String.fetchAll(db, sql: "SELECT DISTINCT id FROM \($0)")
      }
    }
    #expect(Set(views) == ["r-1", "r-2"])
  }

  @Test func `stands with the proofs of the same path, in the order of time`() throws {
    let store = try filled()
    let scene = try Scene()
    let records = try store.paths(matching: RunFilter(paths: [.path(scene.qemu)]), limit: 9)
    #expect(records.map(\.run.text) == ["r-2", id.text, "r-1"])
    #expect(records.map { $0.outcome?.word } == ["substituted", nil, "substituted"])
    guard case .publication(let publication)? = records.dropFirst().first?.said else {
      Issue.record("\(records)")
      return
    }
    #expect(publication.published?.published == .pushed && publication.published?.isServed == true)
    #expect(publication.head.publisher.runner.host == "builder-1")
    // The same page by page, without a pattern, and for a target that failed.
    let behind = ListPlace(run: records[0].run, path: scene.qemu)
    let second = RunFilter(paths: [.path(scene.qemu)], behind: behind)
    #expect(try store.paths(matching: second, limit: 1).map(\.run) == [id])
    #expect(try store.paths(matching: RunFilter(), limit: 99).filter { $0.run == id }.count == 4)
    let failed = try store.paths(matching: RunFilter(paths: [.name("qemu-10.0.2")]), limit: 9)
    #expect(failed.map(\.run) == [id])
    guard case .publication(let said)? = failed.first?.said else { return }
    #expect(said.said == .output(.failed))
    // A filter for a property of proofs finds proofs.
    let warm = RunFilter(paths: [.path(scene.qemu)], verdicts: [.warm])
    #expect(try store.paths(matching: warm, limit: 9).map(\.run.text) == ["r-2", "r-1"])
    let unclear = RunFilter(paths: [.path(scene.qemu)], verdicts: [.inconclusive])
    #expect(try store.paths(matching: unclear, limit: 9).isEmpty)

    let last = try store.latestPublications(of: [scene.qemu, scene.glib, try Make.path("qemu-10.0.2")])
    #expect(last.keys.map(\.name.description).sorted() == ["qemu-10.0.2", String(scene.qemu.name)].sorted())
    #expect(last[scene.qemu]?.head.id == id)
  }

  @Test func `is listed by what is known of it`() throws {
    let store = try filled()
    _ = try store.merge(
      summary(
        Make.summary(id: "20260504T120000Z-abc123", started: "2026-05-04T12:00:00Z", host: "x"), as: "b"))
    func names(_ filter: RunFilter, limit: Int = 9) throws -> [String] {
      try store.publications(matching: filter, limit: limit).map(\.head.id.text)
    }
    let (first, second) = (id.text, "20260504T120000Z-abc123")
    #expect(try names(RunFilter()) == [second, first])
    #expect(try names(RunFilter(), limit: 1) == [second])
    #expect(try names(RunFilter(behind: ListPlace(run: RunID(second)))) == [first])
    #expect(try names(RunFilter(targets: ["libguestfs"])) == [second, first])
    #expect(try names(RunFilter(targets: ["github:NixOS/nixpkgs#qemu"], runners: ["x"])) == [second])
    #expect(try names(RunFilter(targets: ["guestfs"])).isEmpty)
    #expect(try names(RunFilter(runners: ["builder-1"])) == [first])
    #expect(
      try names(RunFilter(refs: ["a3594b1"], until: Date(timeIntervalSince1970: 1_777_850_000))) == [first])
    #expect(try names(RunFilter(paths: [.path(Scene().qemu)])) == [first])
    #expect(try names(RunFilter(verdicts: [.inconclusive])).isEmpty)
    let record = try #require(try store.publications(limit: 9).last)
    #expect(record.targets == ["github:NixOS/nixpkgs#libguestfs", "github:NixOS/nixpkgs#qemu"])
    #expect(record.counts == (try store.publication(id))?.counts)
    let plans = try store.plans {
      _ = try store.publications(matching: RunFilter(targets: ["qemu"]), limit: 9)
      _ = try store.latestPublications(of: [try Scene().qemu])
      _ = try store.paths(matching: RunFilter(paths: [.path(Scene().qemu)]), limit: 9)
      _ = try store.runs(limit: 9)
    }
    #expect(plans.flatMap(\.fullScans).isEmpty, "\(plans.filter { !$0.fullScans.isEmpty })")
  }

  @Test func `verifies, is carried in a bundle, and merges like a run`() throws {
    let store = try filled()
    let verification = try store.verify()
    #expect(verification.isIntact && verification.runs == 3 && verification.publications == 1)
    let bundle = "\(drawer.directory)/b.bundle"
    final class Box { var bytes = Data() }
    let box = Box()
    #expect(try store.export([RunID("20260503T12")]) { box.bytes += $0 } == 1)
    try box.bytes.write(to: URL(filePath: bundle))
    let other = try self.store("other")
    #expect(
      try other.merge(EvidenceStore(reading: bundle)) == MergeSummary(imported: 1, publications: 1))
    #expect(try other.publication(id) == store.publication(id))
    // It is the same publication from a summary and from a store.
    #expect(try other.merge(summary(Make.summary(of: Scene().qemu))) == MergeSummary(known: 1))
    #expect(try store.merge(EvidenceStore(reading: other.path)) == MergeSummary(known: 1))
    #expect(try other.merge(EvidenceStore(reading: store.path)) == MergeSummary(imported: 2, known: 1))
    #expect(try other.verify().isIntact)
    #expect(try faults(of: other).isEmpty)
    // It has no signature.
    let key = try SigningKey(named: "collector-1").publicKey
    let third = try self.store("third")
    let error = #expect(throws: EvidenceError.self) {
      try third.merge(self.summary(Make.summary()), trusting: [key])
    }
    #expect(error?.flaw == .unverified(.unsigned(id)))
  }

  @Test func `is signed by whoever takes it in`() throws {
    let store = try store()
    let key = try SigningKey(named: "collector-1")
    let path = "\(drawer.directory)/signed.json"
    try Make.summary().write(toFile: path, atomically: true, encoding: .utf8)
    let signed = try EvidenceStore(reading: path, signingSummaries: key)
    #expect(try store.merge(signed, trusting: [key.publicKey]).publications == 1)
    #expect(try store.signers(of: id, among: [key.publicKey]) == [key.publicKey])
    let verification = try store.verify(trusting: [key.publicKey])
    #expect(verification.isIntact && verification.signed == 1)
    let links = verification.links
    // Importing again, signed or not, changes nothing.
    #expect(
      try store.merge(EvidenceStore(reading: path, signingSummaries: key)) == MergeSummary(known: 1))
    #expect(try store.merge(EvidenceStore(reading: path)) == MergeSummary(known: 1))
    #expect(try store.verify().links == links)
  }

  @Test func `is dropped when it is old, whatever came of it`() throws {
    let store = try filled()
    // A run without an end that is younger than a day would be kept.
    let young = Date.now.addingTimeInterval(-3600)
    _ = try store.merge(
      summary(
        Make.summary(
          id: "20990101T000000Z-abc123", started: young.formatted(Date.ISO8601FormatStyle())), as: "young"))
    #expect(try store.prune(startedBefore: .now).dropped.count == 4)
    #expect(try store.verify().isIntact)
    let left = try store.read { db in
      try Int.fetchOne(db, sql: "SELECT count(*) FROM entry") ?? 0
    }
    #expect(left == 0)
    #expect(try store.merge(summary(Make.summary(of: Scene().qemu))).imported == 1)
  }

  /// The chain is made anew, as a writer of the file can. A mixture of proof and publication is never
  /// believed.
  @Test(arguments: [
    "UPDATE record SET kind = 'publication' WHERE id = 'r-1'",
    "UPDATE record SET kind = 'proof' WHERE kind = 'publication'",
    "DELETE FROM record_entry WHERE kind = \(EntryKind.publication.number)",
    "INSERT INTO record_entry SELECT (SELECT seq FROM record WHERE kind = 'publication'), kind, part, entry, at FROM record_entry WHERE kind IN (\(EntryKind.conclusion.number), \(EntryKind.verdicts.number)) AND record = 1",
    "INSERT INTO record_entry SELECT 1, kind, part, entry, at FROM record_entry WHERE kind = \(EntryKind.paths.number)",
  ])
  func `cannot be made of a proof, nor a proof of it`(forgery: String) throws {
    let store = try filled()
    try tamper(with: store.path) { db in
      try db.execute(sql: forgery)
      try db.execute(sql: "DELETE FROM link; DELETE FROM sqlite_sequence WHERE name = 'link'")
      let (library, chain) = (try Library(db), try Chain(db))
      for seq in try Int64.fetchAll(db, sql: "SELECT seq FROM record ORDER BY seq") {
        let content = try library.line(of: seq)?.content
        try chain.append(.imported) { ($0.record, $0.content) = (seq, content) }
      }
    }
    let forged = try EvidenceStore(reading: store.path)
    #expect(try !forged.verify().isIntact)
    let other = try self.store("other")
    #expect(throws: EvidenceError.self) { try other.merge(forged) }
    #expect(try other.publications(limit: 9).isEmpty)
    #expect(try other.runs(limit: 9).isEmpty)
    // Even without a verification, a publication has no verdict.
    if let warm = try? forged.runs(matching: RunFilter(verdicts: [.warm]), limit: 9) {
      #expect(
        !warm.contains { $0.start.id == id && $0.verdict == .warm })
    }
  }

  /// If it were imported, every list that it belongs to would fail.
  @Test func `that cannot be read is not taken in`() throws {
    let source = try store("source")
    try source.importSummary(Make.summary(of: Scene().qemu))
    final class Box { var bytes = Data() }
    let box = Box()
    try source.export(nil) { box.bytes += $0 }
    let path = "\(drawer.directory)/p.bundle"
    try box.bytes.write(to: URL(filePath: path))
    for change in [
      ("\"exitCode\":1,", "\"exitCode\":300,"), ("\"finished\":\"2026", "\"finished\":\"yesterday2026"),
      ("\"server\":\"https://attic.example\"", "\"server\":\"nope\""),
      ("\"role\":\"output\"", "\"role\":\"guest\""),
      ("\"code\":\"something-new\"", "\"code\":\"Something new\""),
      ("gcc-14\"", "gcc 14\""),
    ] {
      let forged = try forge(path, change)
      let error = #expect(throws: EvidenceError.self, "\(change)") { try EvidenceStore(reading: forged) }
      guard case .contradiction(run: id.text, _)? = error?.flaw else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    try reseal(source, ("\"exitCode\":1,", "\"exitCode\":300,"))
    #expect(try source.verify().isIntact)
    let target = try store()
    let error = #expect(throws: EvidenceError.self) { try target.merge(source) }
    guard case .contradiction(let run, _)? = error?.flaw else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(run == id.text)
    #expect(try target.publications(limit: 9).isEmpty)
  }

  /// The record of a proof does not depend on it.
  @Test(arguments: [
    ("\"exitCode\":1,", "\"exitCode\":300,"), ("\"finished\":\"2026", "\"finished\":\"yesterday2026"),
    ("\"server\":\"https://attic.example\"", "\"server\":\"nope\""),
  ])
  func `that cannot be read is passed over where proofs are asked for`(old: String, new: String) throws {
    let store = try filled()
    let qemu = try Scene().qemu
    let later = "20260504T120000Z-abc123"
    try store.importSummary(Make.summary(id: later, started: "2026-05-04T12:00:00Z", of: qemu))
    #expect(try store.latestPublications(of: [qemu])[qemu]?.head.id.text == later)
    try tamper(with: store.path) { db in
      let seq = try Int64.fetchOne(db, sql: "SELECT seq FROM record WHERE id = ?", arguments: [later])
      let entry = try Library(db).parts(of: try #require(seq), [.publication])[0].entry
      let line = String(decoding: try Library(db).entry(entry).line, as: UTF8.self)
      let changed = line.replacing(old, with: new)
      #expect(changed != line)
      try db.execute(
        sql: "UPDATE entry SET bytes = ? WHERE id = ?",
        arguments: [Data(Packing().pack(Array(changed.utf8))), entry])
    }
    // The publication before it is found.
    #expect(try store.latestPublications(of: [qemu])[qemu]?.head.id == id)
    let records = try store.paths(matching: RunFilter(paths: [.path(qemu)]), limit: 9)
    #expect(records.map(\.run.text) == ["r-2", id.text, "r-1"])
    #expect(throws: EvidenceError.self) { try store.publication(RunID(later)) }
  }

  /// Only publications of a path are followed, because it may have many proofs.
  @Test func `is found along indexes`() throws {
    let store = try filled()
    let plans = try store.plans { _ = try store.latestPublications(of: [try Scene().qemu]) }
    let walk = try #require(plans.first { $0.statement.contains("FROM sighting") })
    #expect(walk.steps.contains { $0.contains("said USING PRIMARY KEY") }, "\(walk.steps)")
    #expect(walk.fullScans.isEmpty, "\(walk.steps)")
  }

  @Test func `in a bundle that says proofs' things of it is refused`() throws {
    let store = try filled()
    final class Box { var bytes = Data() }
    let box = Box()
    try store.export([RunID("20260503T12")]) { box.bytes += $0 }
    let path = "\(drawer.directory)/p.bundle"
    try box.bytes.write(to: URL(filePath: path))
    let lines = try lines(ofBundle: path)
    let conclusion =
      "{\"conclusion\":[{\"finished\":\"2026-05-03T12:00:00.000Z\",\"verdict\":\"warm\",\"paths\":1,\"substituted\":1,\"builtLocally\":0,\"builtRemotely\":0,\"presentBefore\":0,\"addedByEvaluation\":0,\"downloadBytes\":1}]}\n"
    let digest = "\(EvidenceDigest(of: Data(conclusion.utf8)))"
    func written(_ isForged: Bool) throws -> EvidenceStore {
      let text = lines.map { line in
        guard isForged, line.hasPrefix("{\"record\"") else { return line }
        return conclusion + line.replacing("]}", with: ",\"\(digest)\"]}")
      }
      try text.joined().write(toFile: path, atomically: true, encoding: .utf8)
      return try EvidenceStore(reading: path)
    }
    let error = #expect(throws: EvidenceError.self) { try written(true) }
    #expect(error?.description.contains("a publication has nothing to say of 'conclusion'") == true)
    // Without that line, the same bytes are taken.
    #expect(try written(false).verify().isIntact)
  }
}
