import Evidence
import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

private func conclusion(_ judgment: Judgment) -> Conclusion {
  Conclusion(
    finished: Date(timeIntervalSince1970: 1_777_809_612.5), judgment: judgment, memoryPeak: 123_456_789)
}

/// One of each fact that a reason can state.
private func facts() throws -> [Reason.Fact] {
  let path = try Make.path("a-1")
  let drv = try Make.path("a-1.drv")
  let means = MeansOfWriting(.atticToken, at: "the environment variable ATTIC_TOKEN", .unknown("opaque"))
  return [
    .presentBefore(path: path, isValid: true), .writeTokenPresent(means),
    .notInSubstituter(path: path, caches: ["http://c"]),
    .referenceMissing(path: path, neededBy: drv, caches: []),
    .narMissing(path: path, cache: "http://c", file: "nar/x", line: nil),
    .narCorrupt(path: path, cache: "http://c", message: "hash mismatch", line: 3),
    .signatureUntrusted(path: path, source: "http://c", signers: ["k-1"]),
    .narinfoInvalid(path: path, cache: "http://c", flaw: "line 1"),
    .wrongSubstituter(path: path, from: "http://d", line: 4),
    .substituterUnreachable(path: nil, cache: "http://c", cause: "nobody listens there"),
    .substituterError(path: path, cache: "http://c", status: 500, message: "HTTP 500", line: nil),
    .substituterRefused(path: path, cache: "http://c", status: 403),
    .substitutesDisallowed(.setting(origin: nil)), .claimDisputed(means),
    .substitutesDisallowed(.derivation(drv)),
    .substitutesDisallowed(.distrustedUser(cache: "http://c", line: 2)),
    .substitutesDisallowed(.noNetwork(line: 2)),
    .builtLocally(derivation: drv, path: path, line: 5),
    .builtRemotely(derivation: drv, machine: "ssh://b", line: 6),
    .forbiddenBuild(derivation: drv, line: 7), .evaluationFailed(message: "no"),
    .sandboxUnavailable(derivation: drv, cause: "no namespaces"),
    .nixFailed(ending: "exit code 1", message: nil, line: nil), .timedOut, .interrupted, .stoppedEarly,
    .nothingTransferred, .memberPresentBefore(path: path, wasBuiltHere: true),
    .memberPresentBefore(path: path, wasBuiltHere: false), .witnessMissing(witness: "w", cause: "c"),
  ] + Reason.Disagreement.allCases.map { .witnessesDisagree(path: path, $0) }
}

@Suite struct `An evidence store` {
  private func judgment(_ verdict: Verdict) throws -> Judgment {
    let bearing: Reason.Bearing = verdict == .cold ? .cold : .inconclusive
    let reasons = try verdict == .warm ? [] : facts().map { Reason($0, bearing) }
    let ruling = try #require(Ruling(verdict, reasons: reasons))
    let path = try Make.path("hello-2.12.1")
    let outcomes: [Outcome] = [
      .substituted(from: "http://cache.example/main"), .builtLocally, .builtRemotely(on: "ssh://b"),
      .presentBefore, .addedByEvaluation,
      .notRealized, .failed,
    ]
    var closure = ClosureSummary()
    closure.paths = 12
    closure.substituted = 11
    closure.addedByEvaluation = 1
    closure.downloadBytes = 1 << 40
    return Judgment(
      targets: [
        TargetJudgment(
          installable: .path(path), derivation: try Make.path("hello.drv"), ruling: ruling,
          outputs: outcomes.enumerated().map {
            OutputJudgment(
              name: "o\($0.offset)", path: path, outcome: $0.element, narSize: $0.offset == 0 ? nil : 208,
              signedBy: ["k-1", "k-2"])
          },
          found: try FoundPath.Kind.allCases.map { FoundPath(try Make.path($0.rawValue), $0) }
            .sorted { $0.path < $1.path })
      ], closure: closure)
  }

  @Test(arguments: Verdict.allCases)
  func `gives back what was recorded`(verdict: Verdict) throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let begun = try start("20260503T120000Z-aaaaaa")
    try store.begin(begun)
    let end = conclusion(try judgment(verdict))
    try store.conclude(begun.id, end)
    let reader = try EvidenceStore(reading: drawer.path)
    #expect(try reader.run(begun.id) == Run(start: begun, nixVersion: nil, state: .finished(end)))
    #expect(try reader.runs(limit: 10).map(\.verdict) == [verdict])
  }

  @Test func `holds every fact that a reason can state`() throws {
    #expect(Set(try facts().map(\.code)) == Set(ReasonCode.allCases))
  }

  @Test func `takes a run without an end for interrupted, unless its process lives`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let begun = try start("r-1")
    try store.begin(begun)
    #expect(try EvidenceStore(reading: drawer.path).latestRun()?.state == .interrupted)
    let alive = try EvidenceStore(reading: drawer.path) { $0 == begun.runner }
    #expect(try alive.latestRun()?.state == .running)
    #expect(try alive.latestRun()?.verdict == .inconclusive)
  }

  @Test func `finds runs by name, by its beginning, and by target`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    for (id, attribute) in [("r-1a", "qemu"), ("r-1b", "qemu_kvm"), ("r-2", "qemu")] {
      try store.begin(try start(id, attribute))
    }
    #expect(try store.run(RunID("r-2"))?.start.id.text == "r-2")
    #expect(try store.run(RunID("r-1b"))?.start.id.text == "r-1b")
    #expect(throws: EvidenceError.self) { try store.run(RunID("r-1")) }
    #expect(try store.run(RunID("x")) == nil)
    #expect(try store.latestRun(about: "qemu^out,dev")?.start.id.text == "r-2")
    #expect(try store.latestRun(about: "github:NixOS/nixpkgs#qemu_kvm^out,dev")?.start.id.text == "r-1b")
    #expect(try store.latestRun(about: "kvm") == nil)
    #expect(try store.runs(limit: 2).map(\.start.id.text) == ["r-2", "r-1b"])
  }

  @Test func `keeps every testimony`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let begun = try start("r-1")
    try store.begin(begun)
    var scene = try Scene()
    scene.survey.caches += [
      .init(url: scene.other, state: .unreachable("x")),
      .init(url: try SubstituterURL(parsing: "s3://b"), state: .unknown),
    ]
    scene.survey.answers[scene.drv] = [.init(cache: scene.cache, kind: .failed(.status(500)))]
    let testimony = try scene.testimony()
    try store.record(.environment(testimony.environment), for: begun.id)
    try store.record(
      .resolution(testimony.targets, [UnresolvedTarget(installable: begun.installables[0], error: "no")]),
      for: begun.id)
    try store.record(.survey(testimony.survey), for: begun.id)
    try store.record(.presence(testimony.before), for: begun.id)
    try store.record(.log(testimony.log), for: begun.id)
    try store.record(.registrations(testimony.after), for: begun.id)
    try store.record(.derivations(testimony.graph), for: begun.id)
    let kinds = try store.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT entry_kind.name FROM record_entry JOIN entry_kind USING (kind) ORDER BY record_entry.kind
          """)
    }
    let said: [EntryKind] = [
      .proof, .asked, .occasion, .environment, .targets, .presence, .caches, .offers, .events, .log,
      .derivations,
      .registrations,
    ]
    #expect(kinds == said.map(\.rawValue))
    #expect(try store.run(begun.id)?.nixVersion == "2.34.8")
  }

  /// Records a scene, and reads it back.
  private func recorded(_ scene: Scene) throws -> Testimony {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let begun = try start("r-1")
    try store.begin(begun)
    for deposition in try depositions(scene) { try store.record(deposition, for: begun.id) }
    return try EvidenceStore(reading: drawer.path).testimony(of: begun.id)
  }

  @Test func `gives back what the witnesses said, so that the judge can be asked again`() throws {
    var scene = try Scene()
    scene.origins = ["substituters": "/etc/nix/nix.conf, line 3"]
    scene.evaluationLines = 1
    scene.means = [
      MeansOfWriting(
        .atticToken, at: "x", .readOnly("main: r"),
        probes: [.init(cache: "https://a/main", claimsPush: false, answer: .mayNotPush(status: 403))])
    ]
    scene.survey.caches += [
      .init(url: scene.other, state: .unreachable("x")),
      .init(url: try SubstituterURL(parsing: "s3://b"), state: .unknown),
    ]
    let flaw = NarinfoError(line: 3, flaw: .invalid(field: "NarSize", value: "x"))
    scene.survey.answers[try Make.path("b")] = [
      .init(cache: scene.cache, kind: .invalid(flaw)), .init(cache: scene.other, kind: .failed(.status(500))),
    ]
    scene.survey.answers[try Make.path("c")] = [
      .init(cache: scene.cache, kind: .refused(status: 403)), .init(cache: scene.other, kind: .absent),
    ]
    scene.survey.answers[try Make.path("d")] = [
      .init(cache: scene.cache, kind: .untrusted(try Make.narinfo(try Make.path("d"))))
    ]
    scene.events += [
      .buildStarted(derivation: scene.drv), .buildStartedRemotely(derivation: scene.drv, machine: "ssh://b"),
      .transferred(path: scene.glib, from: "local", to: "ssh://b"),
      .resolved(derivation: scene.drv, to: scene.glibDrv), .postBuildHook(derivation: scene.drv),
      .complaint(
        Complaint(subject: .downloadFailed(url: "http://c/nar/x", status: 500), text: "HTTP error 500")),
      .complaint(Complaint(subject: .signatureUntrusted(path: scene.glib, cache: nil), text: "not signed")),
    ]
    let said = try scene.testimony()
    let read = try recorded(scene)
    #expect(read == said)
    #expect(judge(read, under: scene.policy) == judge(said, under: scene.policy))
  }

  @Test func `keeps each text as it is spelled`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let begun = try start("r-1")
    try store.begin(begun)
    // To Swift, these are equal: a letter with an accent, and a letter followed by an accent.
    let spellings = ["caf\u{E9}", "cafe\u{301}"]
    let targets = spellings.map {
      UnresolvedTarget(installable: .flake(reference: $0, attribute: "", outputs: .selected), error: $0)
    }
    try store.record(.resolution([], targets), for: begun.id)
    let read = try store.testimony(of: begun.id).unresolved.map { Array($0.error.utf8) }
    #expect(read == spellings.map { Array($0.utf8) })
  }

  @Test func `gives back how Nix ended, however it did`() throws {
    for ending in [
      .notStarted, .exited(code: 1), .signalled(number: 9), .timedOut, .interrupted,
      .stopped(at: try Make.path("x.drv")),
    ] as [NixEnding] {
      var scene = try Scene()
      scene.ending = ending
      #expect(try recorded(scene).log.ending == ending)
    }
  }

  @Test func `gives back whether the sandbox worked`() throws {
    for sandbox in [.notTried, .works, .missing(cause: "no namespaces")] as [RunnerEnvironment.Sandbox] {
      var scene = try Scene()
      scene.sandbox = sandbox
      #expect(try recorded(scene).environment.sandbox == sandbox)
    }
  }

  @Test func `does not take a recorded offer at its word`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let begun = try start("r-1")
    try store.begin(begun)
    let testimony = try Scene().testimony()
    try store.record(.environment(testimony.environment), for: begun.id)
    try store.record(.survey(testimony.survey), for: begun.id)
    try amend(drawer.path, ("\"narSize\":", "\"narSize\":1"))
    let error = #expect(throws: EvidenceError.self) { try store.testimony(of: begun.id) }
    #expect(error?.description.contains("does not verify") == true)
  }

  @Test func `never holds a credential`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    var begun = try start("r-1")
    let url = try SubstituterURL(parsing: "https://me:hunter2@cache.example")
    begun = RunStart(
      id: begun.id, started: begun.started, version: "0", runner: begun.runner,
      installables: [
        .flake(reference: "git+https://me:hunter2@git.example/x", attribute: "a", outputs: .selected)
      ],
      policy: Policy(expectFrom: [url]))
    try store.begin(begun)
    var scene = try Scene()
    let address = "copying from https://me:hunter2@cache.example"
    scene.events.append(.complaint(Complaint(subject: .error, text: address)))
    try store.record(.log(try scene.testimony().log), for: begun.id)
    try store.record(.survey(Survey(caches: [.init(url: url, state: .unreachable("x"))])), for: begun.id)
    try store.record(.registrations(.unavailable(address)), for: begun.id)
    #expect(try !everything(in: drawer.path).contains("hunter2"))
  }

  @Test func `whose process was killed while it wrote is read as it was before`() throws {
    let drawer = Drawer()
    do { try EvidenceStore(creatingAt: drawer.path).begin(try start("r-1")) }
    try leaveHalfWritten(drawer.path)
    #expect(try EvidenceStore(reading: drawer.path).runs(limit: 10).map(\.start.id.text) == ["r-1"])
    try leaveHalfWritten(drawer.path)
    let store = try EvidenceStore(creatingAt: drawer.path)
    try store.begin(try start("r-2"))
    #expect(try store.runs(limit: 10).map(\.start.id.text) == ["r-2", "r-1"])
  }

  @Test func `loses nothing when several write at once`() async throws {
    let drawer = Drawer()
    let path = drawer.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          let store = try EvidenceStore(creatingAt: path)
          for number in 0..<10 { try store.begin(try start("w\(writer)-\(number)")) }
        }
      }
      try await group.waitForAll()
    }
    #expect(try EvidenceStore(reading: path).runs(limit: 1000).count == 80)
  }

  /// A report from the end of the run, and one from a year later, show the same second.
  @Test func `cuts times off as reports do`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    for (number, fraction) in [0, 0.0004, 0.125, 0.9994, 0.9996, 0.99999].enumerated() {
      let begun = try start("r-\(number)", at: 1_777_809_600 + fraction)
      try store.begin(begun)
      let read = try #require(try store.run(begun.id)).start.started
      #expect(Int(read.timeIntervalSince1970 + 0.00001) == 1_777_809_600, "\(fraction)")
      #expect(abs(read.timeIntervalSince(begun.started)) < 0.0011, "\(fraction)")
    }
    #expect(try store.verify().isIntact)
  }

  @Test func `keeps its lock while the same process opens it again`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    try store.begin(try start("r-1"))
    let file = try FileManager.default.attributesOfItem(atPath: drawer.path)[.systemFileNumber] as? UInt64
    let number = try #require(file)
    func locks() throws -> Int {
      try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
        .count { $0.contains(":\(number) ") && $0.contains(" WRITE ") }
    }
    let counts = try store.database.writeWithoutTransaction { db in
      var counts: [Int] = []
      try db.inTransaction(.immediate) {
        counts.append(try locks())
        // Closing any descriptor of the file would give up the locks of all others (POSIX, fcntl).
        counts.append(try EvidenceStore(reading: drawer.path).runs(limit: 10).count)
        counts.append(try locks())
        return .rollback
      }
      return counts
    }
    #expect(counts == [1, 1, 1])
  }
}

@Suite struct `A file that is no evidence store` {
  private func error(_ body: () throws -> Void) -> EvidenceError? {
    do { try body() } catch let error as EvidenceError { return error } catch { return nil }
    return nil
  }

  @Test func `that is not there is not made by reading`() {
    let drawer = Drawer()
    #expect(error { _ = try EvidenceStore(reading: drawer.path) }?.flaw == .absent)
    #expect(!FileManager.default.fileExists(atPath: drawer.path))
  }

  @Test func `that was made and never written is taken over`() throws {
    let drawer = Drawer()
    try write(Data(), to: drawer.path)
    #expect(error { _ = try EvidenceStore(reading: drawer.path) }?.flaw == .empty)
    try DatabaseQueue(path: drawer.path).writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA journal_mode = WAL")
    }
    #expect(error { _ = try EvidenceStore(reading: drawer.path) }?.flaw == .empty)
    let store = try EvidenceStore(creatingAt: drawer.path)
    try store.begin(try start("r-1"))
    #expect(try store.runs(limit: 2).count == 1)
  }

  @Test func `that is a directory is named as one`() throws {
    let drawer = Drawer()
    try FileManager.default.createDirectory(atPath: drawer.path, withIntermediateDirectories: true)
    #expect(error { _ = try EvidenceStore(creatingAt: drawer.path) }?.flaw == .isDirectory)
    #expect(error { _ = try EvidenceStore(reading: drawer.path) }?.flaw == .isDirectory)
  }

  @Test(arguments: [
    "no database at all, but quite some text that goes on", "SQLite format 3\0 and then nothing of it", "x",
    "xy\n",
  ])
  func `that holds something else is left as it is`(text: String) throws {
    let drawer = Drawer()
    try write(Data(text.utf8), to: drawer.path)
    #expect(error { _ = try EvidenceStore(reading: drawer.path) }?.flaw == .notADatabase)
    #expect(error { _ = try EvidenceStore(creatingAt: drawer.path) }?.flaw == .notADatabase)
    #expect(FileManager.default.contents(atPath: drawer.path) == Data(text.utf8))
  }

  @Test func `that is another program's database is left as it is`() throws {
    let drawer = Drawer()
    try write(Data(), to: drawer.path)
    try DatabaseQueue(path: drawer.path).write { try $0.execute(sql: "CREATE TABLE theirs (x)") }
    let before = FileManager.default.contents(atPath: drawer.path)
    #expect(error { _ = try EvidenceStore(creatingAt: drawer.path) }?.flaw == .foreign)
    #expect(FileManager.default.contents(atPath: drawer.path) == before)
  }

  @Test func `that a newer warmth wrote is left as it is`() throws {
    let drawer = Drawer()
    do { try EvidenceStore(creatingAt: drawer.path).begin(try start("r-1")) }
    try DatabaseQueue(path: drawer.path).writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)")
    }
    let before = FileManager.default.contents(atPath: drawer.path)
    #expect(
      error { _ = try EvidenceStore(creatingAt: drawer.path) }?.flaw
        == .newer(schema: 99, known: Schema.version))
    #expect(
      error { _ = try EvidenceStore(reading: drawer.path) }?.description.contains("upgrade warmth") == true)
    #expect(FileManager.default.contents(atPath: drawer.path) == before)
  }

  @Test func `that was cut short or overwritten gives an error, and never a verdict`() throws {
    let drawer = Drawer()
    do {
      let store = try EvidenceStore(creatingAt: drawer.path)
      for number in 0..<50 { try store.begin(try start("r-\(number)")) }
    }
    try DatabaseQueue(path: drawer.path).writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    let whole = try #require(FileManager.default.contents(atPath: drawer.path))
    var generator = SystemRandomNumberGenerator()
    for round in 0..<20 {
      var bytes = whole
      if round.isMultiple(of: 2) {
        bytes = bytes.prefix(Int.random(in: 100..<bytes.count, using: &generator))
      } else {
        for _ in 0..<2000 {
          bytes[Int.random(in: 100..<bytes.count, using: &generator)] = UInt8.random(
            in: 0...255, using: &generator)
        }
      }
      try write(bytes, to: drawer.path)
      for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: drawer.path + suffix) }
      // Either it cannot be read, or no run in it has a conclusion.
      let verdicts = (try? EvidenceStore(reading: drawer.path).runs(limit: 100).map(\.verdict)) ?? []
      #expect(verdicts.allSatisfy { $0 == .inconclusive })
    }
  }

  @Test func `whose run contradicts itself is not believed`() throws {
    let drawer = Drawer()
    let begun = try start("r-1")
    let store = try EvidenceStore(creatingAt: drawer.path)
    try store.begin(begun)
    let target = TargetJudgment(installable: begun.installables[0], derivation: nil, doubt: .timedOut)
    try store.conclude(begun.id, conclusion(Judgment(targets: [target], closure: ClosureSummary())))
    for part in ["paths", "reasons"] {
      try amend(drawer.path, ("\"inconclusive\",\"\(part)\"", "\"warm\",\"\(part)\""))
      let error = #expect(throws: EvidenceError.self) { try store.run(begun.id) }
      #expect(error?.description.contains("r-1") == true)
    }
  }

  private func write(_ data: Data, to path: String) throws {
    let url = URL(filePath: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }
}
