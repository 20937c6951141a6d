import Evidence
import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// Compares the documents of `evidence/` with the code.
@Suite struct `The evidence folder` {
  /// The views of the schema contain numbers of kinds of entries.
  @Test func `has the kinds of entries of the code`() throws {
    let kinds = try DatabaseQueue().write { db in
      try db.execute(sql: String(contentsOf: root.appending(path: "evidence/schema.sql"), encoding: .utf8))
      return try Row.fetchAll(db, sql: "SELECT kind, name FROM entry_kind ORDER BY kind")
        .map { "\($0[0] as Int) \($0[1] as String)" }
    }
    #expect(kinds == EntryKind.allCases.map { "\($0.number) \($0.rawValue)" })
  }

  @Test func `has example queries that run and answer`() throws {
    let readme = try String(contentsOf: root.appending(path: "evidence/README.md"), encoding: .utf8)
    let queries = readme.matches(of: /```sql\n(?<query>[^`]+)```/).map { String($0.query) }
    #expect(queries.count == 8)
    let directory = FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "warmth.sqlite").path
    let store = try EvidenceStore(creatingAt: path)
    try fill(store)
    let summary = directory.appending(path: "summary.json")
    try Make.summary(of: Make.path("qemu-host-cpu-only-10.0.2")).write(
      to: summary, atomically: true, encoding: .utf8)
    _ = try store.merge(EvidenceStore(reading: summary.path))
    let answers = try DatabaseQueue(path: path).read { db in
      try queries.map { query in
        try Row.fetchAll(db, sql: query).map { Array($0.databaseValues).map(\.description) }
      }
    }
    let kvm = try Make.path("qemu-host-cpu-only-10.0.2").description
    let cache = "\"http://cache.example/main\""
    // The views that stay. Two concluded runs used the cache, and in one of them an archive is missing.
    #expect(answers[0] == [[cache, "2", "1", "0", "NULL", "1"]])
    #expect(
      answers[1] == [["\"nixpkgs#qemu_kvm\"", "\"cold\"", "\"run-2\"", "\"built-locally nar-missing\""]])
    #expect(answers[2].map { $0[0] } == ["\"run-3\"", "\"run-2\"", "\"run-1\""])
    #expect(answers[2].map { $0[2] } == ["\"inconclusive\"", "\"cold\"", "\"warm\""])
    #expect(answers[2].allSatisfy { $0[3] == "\"a3594b1\"" && $0[4] == "\"nixpkgs#qemu_kvm\"" })
    #expect(answers[3].map { $0[1] } == ["\"built-locally\"", "\"substituted\""])
    #expect(answers[3].last?[2] == cache)
    // Of the two runs after the publication, one built a path that had been served.
    #expect(
      answers[4].map { [$0[0], $0[2], $0[3], $0[5]] } == [
        ["\"\(kvm)\"", "\"main\"", "\"run-2\"", "\"built-locally\""]
      ])
    #expect(answers[5].map { $0.first } == ["\"nixpkgs#qemu_kvm\""])
    #expect(answers[5].first?.contains(cache) == true)
    #expect(answers[6].map { $0[2] } == ["\"nar-missing\"", "\"built-locally\""])
    #expect(answers[6].allSatisfy { $0.contains("\"\(kvm)\"") })
    #expect(answers[7].map { $0.first } == ["\"run-3\""])
  }

  /// The columns of the views that stay, as evidence/README.md lists them.
  @Test func `names each column of the views that stay`() throws {
    let readme = try String(contentsOf: root.appending(path: "evidence/README.md"), encoding: .utf8)
    let directory = FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "warmth.sqlite").path
    _ = try EvidenceStore(creatingAt: path)
    let views = try DatabaseQueue(path: path).read { db in
      try String.fetchAll(
        db, sql: "SELECT name FROM sqlite_master WHERE type = 'view' AND name GLOB 'audit_*'"
      ).map { ($0, try db.columns(in: $0).map(\.name)) }
    }
    #expect(views.count == 6)
    for (view, columns) in views {
      let row = try #require(readme.split(separator: "\n").first { $0.hasPrefix("| `\(view)` |") })
      let listed = row.split(separator: "|").last ?? ""
      // Text in brackets explains the name before it.
      let names = listed.replacing(/\([^)]*\)/, with: "").matches(of: /`(?<name>[a-z_]+)`/).map {
        String($0.name)
      }
      #expect(names == columns, "\(view)")
    }
  }

  /// A warm run, a cold one, and one that was cut off.
  private func fill(_ store: EvidenceStore) throws {
    let installable = Installable.flake(reference: "nixpkgs", attribute: "qemu_kvm", outputs: .selected)
    let path = try Make.path("qemu-host-cpu-only-10.0.2")
    let drv = try Make.path("qemu-host-cpu-only-10.0.2.drv")
    for (number, outcome, reasons) in [
      (1, Outcome.substituted(from: "http://cache.example/main"), []),
      (
        2, .builtLocally,
        [
          Reason(.narMissing(path: path, cache: "http://cache.example/main", file: "nar/x", line: 4), .cold),
          Reason(.builtLocally(derivation: drv, path: path, line: 5), .cold),
        ]
      ), (3, .failed, []),
    ] as [(Int, Outcome, [Reason])] {
      let begun = RunStart(
        id: RunID("run-\(number)"), started: .now.addingTimeInterval(Double(number - 9)), version: "0",
        runner: Runner(host: "h", pod: nil, processID: 1, processStart: 1, bootID: "b"),
        installables: [installable], policy: Policy(),
        occasion: Occasion(ref: "refs/heads/main", branch: "main", revision: "a3594b1"))
      try store.begin(begun)
      guard number < 3, let ruling = Ruling(reasons.isEmpty ? .warm : .cold, reasons: reasons) else {
        continue
      }
      try store.record(.outcomes([path: outcome]), for: begun.id)
      let output = OutputJudgment(name: "out", path: path, outcome: outcome, narSize: 1, signedBy: [])
      let target = TargetJudgment(
        installable: installable, derivation: drv, ruling: ruling, outputs: [output])
      try store.conclude(
        begun.id,
        Conclusion(
          finished: .now, judgment: Judgment(targets: [target], closure: ClosureSummary()), memoryPeak: nil))
    }
  }
}
