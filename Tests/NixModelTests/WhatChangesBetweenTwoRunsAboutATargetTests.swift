import Foundation
import NixModel
import TestSupport
import Testing

@Suite struct `What changes between two runs about a target` {
  private func judgment(
    _ reasons: [Reason] = [], derivation: String = "qemu-1.drv", path: String = "qemu-1",
    _ outcome: Outcome = .substituted(from: "http://a"), size: UInt64? = 100
  ) throws -> TargetJudgment {
    let ruling = try #require(Ruling(reasons.isEmpty ? .warm : .cold, reasons: reasons))
    return TargetJudgment(
      installable: .flake(reference: "nixpkgs", attribute: "qemu", outputs: .selected),
      derivation: try Make.path(derivation), ruling: ruling,
      outputs: [
        OutputJudgment(
          name: "out", path: try Make.path(path), outcome: outcome, narSize: size, signedBy: [])
      ])
  }

  private func missing(_ bearing: Reason.Bearing = .cold) throws -> Reason {
    Reason(
      .narMissing(path: try Make.path("qemu-1"), cache: "http://a", file: "nar/x", line: nil), bearing)
  }

  @Test func `is nothing where all is the same`() throws {
    #expect(try judgment().changes(since: judgment()).isEmpty)
    #expect(try judgment([missing()]).changes(since: judgment([missing()])).isEmpty)
  }

  @Test func `is the verdict, with the first causes and not what followed`() throws {
    let built = Reason(.builtLocally(derivation: try Make.path("qemu-1.drv"), path: nil, line: 3), .cold)
    let cold = try judgment([built, missing()], .builtLocally)
    #expect(try cold.changes(since: judgment()) == [.verdict(.cold, because: [.narMissing])])
    #expect(try judgment().changes(since: cold) == [.verdict(.warm, because: [])])
    // Where nothing can be a first cause, what was seen is told.
    #expect(try judgment([built]).changes(since: judgment()) == [.verdict(.cold, because: [.builtLocally])])
  }

  @Test func `is another reason for the same verdict`() throws {
    let corrupt = Reason(
      .narCorrupt(path: try Make.path("qemu-1"), cache: "http://a", message: "m", line: 1), .cold)
    #expect(
      try judgment([corrupt]).changes(since: judgment([missing()])) == [
        .reasons(from: [.narMissing], to: [.narCorrupt])
      ])
  }

  @Test func `is another derivation, and only without one another output path`() throws {
    let (old, new) = (try Make.path("qemu-1.drv"), try Make.path("qemu-2.drv"))
    #expect(
      try judgment(derivation: "qemu-2.drv", path: "qemu-2").changes(since: judgment()) == [
        .derivation(from: old, to: new)
      ])
    let paths = (try Make.path("qemu-1"), try Make.path("qemu-2"))
    #expect(
      try judgment(path: "qemu-2").changes(since: judgment()) == [.outputs(from: [paths.0], to: [paths.1])])
  }

  @Test func `is another cache and another size, where both are known`() throws {
    #expect(
      try judgment([], .substituted(from: "http://b"), size: 150).changes(since: judgment()) == [
        .origins(from: ["http://a"], to: ["http://b"]), .size(from: 100, to: 150),
      ])
    #expect(try judgment([], .builtLocally, size: nil).changes(since: judgment()).isEmpty)
  }

  @Test func `is told line by line, for each target by itself, over runs that came to nothing`() throws {
    let other = Installable.path(try Make.path("glib"))
    func record(_ number: Int, _ judgment: TargetJudgment?) throws -> TargetRecord {
      TargetRecord(
        run: RunID("r-\(number)"), started: Date(timeIntervalSince1970: Double(number)),
        installable: try judgment?.installable ?? self.judgment().installable,
        ending: judgment.map {
          .judged($0, RunFigures(downloadBytes: 1, milliseconds: 1, timeTaken: nil))
        } ?? .interrupted)
    }
    let glib = TargetJudgment(installable: other, derivation: nil, doubt: .timedOut)
    let records = [
      try record(5, judgment()), try record(4, nil), try record(3, glib),
      try record(2, judgment([missing()])),
      try record(1, judgment()),
    ]
    let lines = TargetHistoryLine.lines(of: records, count: 4)
    #expect(lines.map(\.record) == Array(records.prefix(4)))
    #expect(
      lines.map(\.change) == [
        .since(RunID("r-2"), [.verdict(.warm, because: [])]), .unknown, .first,
        .since(RunID("r-1"), [.verdict(.cold, because: [.narMissing])]),
      ])
  }
}
