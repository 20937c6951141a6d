import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

@Suite final class `Recorded means of writing` {
  private let drawer = Drawer()

  private func begun(_ policy: Policy) throws -> RunStart {
    let some = try start("r-1")
    return RunStart(
      id: some.id, started: some.started, version: some.version, runner: some.runner,
      installables: try Scene().targets.map(\.installable), policy: policy)
  }

  private func scene(_ policy: Policy) throws -> Scene {
    var scene = try Scene()
    scene.policy = policy
    scene.means = [
      MeansOfWriting(.sshKey, at: "the file /k", .unknown("x"), reaching: []),
      MeansOfWriting(.netrcPassword, at: "the file /n, machine c", .unknown("x")),
    ]
    return scene
  }

  @Test(arguments: [
    (false, [String](), [false, true]), (true, [], [true, true]),
    (false, ["netrc-password@/n"], [false, false]),
    (true, ["netrc-password@/n", "ssh-key@/k"], [false, false]),
  ])
  func `are what they were, with what the policy says of them`(
    strict: Bool, readOnly: [String], decides: [Bool]
  ) throws {
    let policy = Policy(strict: strict, readOnly: try readOnly.map { try ReadOnlyAssertion(parsing: $0) })
    let scene = try scene(policy)
    let store = try EvidenceStore(creatingAt: drawer.path)
    try store.record(try begun(policy), scene)
    let bundle = "\(drawer.directory)/b.bundle"
    let box = Box()
    try store.export([RunID("r-1")]) { box.bytes += $0 }
    try box.bytes.write(to: URL(filePath: bundle))
    let other = try EvidenceStore(creatingAt: "\(drawer.directory)/other.sqlite")
    #expect(try other.merge(EvidenceStore(reading: bundle)) == MergeSummary(imported: 1))

    for read in [store, try EvidenceStore(reading: bundle), other] {
      let run = try #require(try read.run(RunID("r-1")))
      #expect(run.start.policy == policy)
      #expect(run.meansOfWriting == scene.means)
      let testimony = try read.testimony(of: RunID("r-1"))
      #expect(testimony.environment.meansOfWriting == scene.means)
      #expect(judge(testimony, under: run.start.policy) == run.conclusion?.judgment)
      #expect(try read.verify().isIntact)
      // The gate decides by these standings.
      let standings = testimony.environment.meansOfWriting.map { $0.standing(under: policy) == .decides }
      #expect(standings == decides)
    }
    #expect(try faults(of: other).isEmpty)
  }

  private final class Box { var bytes = Data() }

  @Test func `never show what is known to be secret`() throws {
    let secret = "s3cr3t-pl4nted-everywhere"
    let known = KnownSecrets()
    known.learn(secret)
    var scene = try scene(Policy())
    scene.origins = ["netrc-file": "/etc/\(secret)"]
    scene.events.append(.complaint(Complaint(subject: .error, text: "it was \(secret)")))
    scene.survey.caches.append(.init(url: scene.other, state: .unreachable("said \(secret)")))
    scene.means.append(MeansOfWriting(.sshKey, at: "the file /\(secret)", .unknown(secret), reaching: []))
    let store = try EvidenceStore(creatingAt: drawer.path)
    try Redaction.$known.withValue(known) { try store.record(try begun(Policy()), scene) }
    #expect(try !everything(in: drawer.path).contains(secret))
    #expect(try store.verify().isIntact)
    _ = try store.testimony(of: RunID("r-1"))
  }
}
