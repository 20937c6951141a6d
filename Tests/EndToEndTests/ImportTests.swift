import EndToEndSupport
import EvidenceStore
import Foundation
import GRDB
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// `warmth audit import`, which may be ended at any instant.
@Suite struct `An import` {
  private struct Answer {
    let exit: TerminationStatus
    let output: String
    let errors: String
  }

  /// - Parameter mark: ends it as soon as this file has so many bytes.
  private func warmth(
    _ arguments: String..., killedAt mark: (file: String, size: Int)? = nil
  ) async throws -> Answer {
    let record = try await Subprocess.run(
      .path(FilePath(try await Lab.shared.warmth)), arguments: Arguments(arguments), input: .none,
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20),
      body: { execution in
        guard let mark else { return }
        let deadline = ContinuousClock.now + .seconds(120)
        while size(of: mark.file) < mark.size, .now < deadline {
          try await Task.sleep(for: .microseconds(200))
        }
        // A process that has ended is no longer there to be killed.
        try? execution.send(signal: .kill)
      })
    return Answer(exit: record.terminationStatus, output: record.standardOutput, errors: record.standardError)
  }

  private func size(of file: String) -> Int {
    ((try? FileManager.default.attributesOfItem(atPath: file))?[.size] as? Int) ?? 0
  }

  /// A store of runs that say a little each.
  private func store(_ directory: String, _ name: String, _ runs: Range<Int>, on host: String = "h") throws
    -> String
  {
    let path = "\(directory)/\(name).sqlite"
    let scene = try Scene()
    let testimony = try scene.testimony()
    let judgment = try scene.judged()
    try EvidenceStore(creatingAt: path).record { recorder in
      for number in runs {
        let begun = RunStart(
          id: RunID("run-\(number)"), started: Date(timeIntervalSince1970: 1_777_809_600 + Double(number)),
          version: "0", runner: Runner(host: host, pod: nil, processID: 1, processStart: 1, bootID: "b"),
          installables: scene.targets.map(\.installable), policy: Policy())
        try recorder.begin(begun)
        try recorder.record([.presence(testimony.before), .log(testimony.log)], for: begun.id)
        try recorder.conclude(
          begun.id, Conclusion(finished: begun.started, judgment: judgment, memoryPeak: UInt64(number)))
      }
    }
    return path
  }

  private func scratch() throws -> String {
    let directory = Scratch.path("test")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    return directory
  }

  /// How many entries of each kind each run has, and what repeats them for searches.
  private func rows(_ path: String) throws -> [String: [Int]] {
    let counts =
      (1...21).map { "(SELECT count(*) FROM record_entry WHERE record = seq AND kind = \($0))" }
      + ["mark", "tally"].map { "(SELECT count(*) FROM \($0) WHERE record = seq)" }
    return try DatabaseQueue(path: path).read { db in
      let rows = try Row.fetchAll(db, sql: "SELECT id, \(counts.joined(separator: ", ")) FROM record")
      return Dictionary(
        uniqueKeysWithValues: rows.map { row in (row[0], counts.indices.map { row[$0 + 1] }) })
    }
  }

  @Test func `that is killed loses nothing, and is completed by the next`() async throws {
    let directory = try scratch()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let seed =
      ProcessInfo.processInfo.environment["WARMTH_TEST_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    let source = try store(directory, "source", 100..<2400)
    let mine = try store(directory, "mine", 0..<200)
    let bytes = FileManager.default.contents(atPath: source)
    let expected = try rows(source).merging(rows(mine)) { $1 }
    let whole = "\(directory)/whole.sqlite"
    try FileManager.default.copyItem(atPath: mine, toPath: whole)
    let imported = try await warmth("audit", "import", source, "--evidence", whole, "--json")
    #expect(imported.exit == .exited(0), "\(imported.errors)")
    #expect(imported.output.contains("\"imported\" : 2200"), "\(imported.output)")
    #expect(imported.output.contains("\"known\" : 100"), "\(imported.output)")
    #expect(try rows(whole) == expected)
    var midway = 0
    // Each in a stretch of its own.
    let kills = Effort.isLong ? 8 : 2
    for number in 0..<kills {
      let growth = Double(size(of: whole) - size(of: mine))
      let instant =
        size(of: mine) + Int(growth * (Double(number) + .random(in: 0...1, using: &random)) / Double(kills))
      let comment: Comment = "killed at \(instant) bytes; WARMTH_TEST_SEED=\(seed)"
      let copy = "\(directory)/\(number).sqlite"
      try FileManager.default.copyItem(atPath: mine, toPath: copy)
      _ = try await warmth("audit", "import", source, "--evidence", copy, killedAt: (copy, instant))
      // Whatever it came to, each run is there as a whole or not at all; what was there before is.
      _ = try EvidenceStore(reading: copy)
      let left = try rows(copy)
      #expect(left.allSatisfy { expected[$0.key] == $0.value }, comment)
      #expect(left.count >= 200, comment)
      #expect(try EvidenceStore(reading: copy).verify().defects.isEmpty, comment)
      if left.count > 200, left.count < expected.count { midway += 1 }
      let again = try await warmth("audit", "import", source, "--evidence", copy)
      #expect(again.exit == .exited(0), "\(again.errors)")
      #expect(try rows(copy) == expected, comment)
      try FileManager.default.removeItem(atPath: copy)
    }
    #expect(FileManager.default.contents(atPath: source) == bytes)
    // Otherwise this would be a test of its beginning and its end alone.
    #expect(midway > 0, "none of the instants was midway; WARMTH_TEST_SEED=\(seed)")
    print("\(kills) random instants of an import: \(midway) midway, seed \(seed)")
  }

  @Test func `says what it did, and refuses what it cannot take`() async throws {
    let directory = try scratch()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let (source, mine) = (try store(directory, "source", 0..<3), try store(directory, "mine", 2..<4))
    let first = try await warmth("audit", "import", source, "--evidence", mine)
    #expect(first.output == "2 runs imported, 1 known already, from 1 store\n")
    #expect(first.errors.isEmpty)
    let again = try await warmth("audit", "import", source, source, "--evidence", mine)
    #expect(again.output == "0 runs imported, 6 known already, from 2 stores\n")

    let itself = try await warmth("audit", "import", mine, "--evidence", mine)
    #expect(itself.exit == .exited(64))
    #expect(itself.errors.contains("is the store that is imported into"))
    let absent = try await warmth("audit", "import", "\(directory)/none", "--evidence", "\(directory)/new")
    #expect(absent.exit == .exited(74))
    #expect(!FileManager.default.fileExists(atPath: "\(directory)/new"))

    let before = FileManager.default.contents(atPath: mine)
    let other = try store(directory, "other", 0..<9, on: "elsewhere")
    let refused = try await warmth("audit", "import", other, "--evidence", mine)
    #expect(refused.exit == .exited(74))
    #expect(refused.errors.contains("contradicts"), "\(refused.errors)")
    try await DatabaseQueue(path: source).write { db in
      try db.execute(
        sql: """
          DROP TRIGGER record_entry_is_never_changed;
          UPDATE record_entry SET entry = (SELECT entry FROM record_entry WHERE record = 3 AND kind = 1)
            WHERE record = 2 AND kind = 1
          """)
    }
    let changed = try await warmth("audit", "import", source, "--evidence", mine)
    #expect(changed.exit == .exited(74))
    #expect(changed.errors.contains("run run-1 was changed after it was recorded"), "\(changed.errors)")
    #expect(FileManager.default.contents(atPath: mine) == before)
    try await DatabaseQueue(path: source).writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA user_version = 99")
    }
    let newer = try await warmth("audit", "import", source, "--evidence", mine)
    #expect(newer.exit == .exited(74))
    #expect(newer.errors.contains("schema 99"))
  }
}
