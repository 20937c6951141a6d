import Foundation
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

/// Builds of ephemeral builders, whose ledger the store is.
@Suite struct `A build in the evidence store`: ~Copyable {
  private let drawer = Drawer()

  private static let started = Date(timeIntervalSince1970: 1_777_809_600.125)

  private static func start(
    _ id: String = "20260503T120000Z-4k7xbq", repository: String? = nil
  ) throws -> BuildStart {
    BuildStart(
      id: RunID(id), started: started, program: "warmth 0.1.0",
      runner: Runner(host: "operator", pod: nil, processID: 7, processStart: 1, bootID: "boot"),
      occasion: Occasion(repository: repository, branch: "main", revision: "a3594b1e5c8f"),
      order: BuildOrder(
        provider: "vultr", region: "fra", plan: "vhp-8c-16gb-amd", hourlyPrice: 142_858, deadline: 14400,
        source: "https://git.example/d.git?rev=0/release.nix", targets: ["image", "tools"],
        destination: "ssh-ng://store.example"),
      expires: started.addingTimeInterval(14400),
      identity: BuilderIdentity(
        hostKey: "ssh-ed25519 AAAA", signingKey: "warmth-1:AAAA", uploadKey: nil, bootstrap: "00",
        hasPublicLogs: false))
  }

  private static func facts() throws -> [BuildEvent.Fact] {
    [
      .asked, .created(server: "machine-1"), .addressed("192.0.2.7"), .reached(.booted), .reached(.building),
      .ended(
        BuildEnd(
          exit: 0, reason: "built", message: "built", outputs: [try Make.path("hello-2.12.1")],
          isUploaded: true)),
      .deleting(.ended), .gone, .served(BuildReceipt(cache: "https://cache.example", paths: 2, served: 1)),
      .proved(run: RunID("20260503T130000Z-4k7xbq"), .warm),
    ]
  }

  /// Records a whole build, and looks at the store after each line.
  private func record(in store: EvidenceStore, _ id: String = "20260503T120000Z-4k7xbq") throws -> BuildRecord
  {
    var record = try store.begin(try Self.start(id))
    for (second, fact) in try Self.facts().enumerated() {
      let event = BuildEvent(at: Self.started.addingTimeInterval(Double(second)), fact)
      record = try store.add(event, to: record.start.id)
      #expect(record.events.last == event)
      #expect(try store.build(record.start.id) == record)
      #expect(try store.unfinishedBuilds().contains(record) == (record.state != .gone))
      #expect(try store.verify().isIntact)
    }
    return record
  }

  @Test func `is read back after each line as it was written`() throws {
    let store = try EvidenceStore(creatingAt: drawer.path)
    let record = try record(in: store)
    #expect(record.state == .gone)
    try store.close(record.start.id, at: Self.started)
    try store.close(record.start.id, at: Self.started.addingTimeInterval(1))
    // Nothing is added to what is closed.
    #expect(
      try store.add(BuildEvent(at: Self.started, .proved(run: RunID("x"), .cold)), to: record.start.id)
        == record)
    #expect(try store.builds(limit: 5) == [record])
    #expect(try store.builds(matching: RunFilter(targets: ["tools"]), limit: 5) == [record])
    #expect(try store.builds(matching: RunFilter(targets: ["other"]), limit: 5).isEmpty)
    #expect(try store.build(RunID("20260503T12"))?.start.id == record.start.id)
    let verification = try store.verify()
    #expect((verification.isIntact, verification.runs, verification.builds) == (true, 1, 1))
    // It is no proof.
    #expect(try store.latestRun() == nil)
    #expect(throws: EvidenceError.self) { try store.run(record.start.id) }
  }

  /// Another process was faster.
  @Test func `keeps no password of the repository that it is about, as a proof does not`() throws {
    let store = try EvidenceStore(creatingAt: drawer.path)
    let record = try store.begin(try Self.start(repository: "https://bot:hunter2@forge.example/d.git"))
    let kept = try store.build(record.start.id)?.start.occasion?.repository
    #expect(kept?.contains("forge.example/d.git") == true)
    #expect(kept?.contains("hunter2") == false)
  }

  @Test func `takes no event that cannot follow those that are there`() throws {
    let store = try EvidenceStore(creatingAt: drawer.path)
    let record = try record(in: store)
    #expect(try store.add(BuildEvent(at: Self.started, .asked), to: record.start.id) == record)
    #expect(try store.verify().isIntact)
  }

  @Test func `is carried in a bundle, and merges like a run`() throws {
    let store = try EvidenceStore(creatingAt: drawer.path)
    let record = try record(in: store)
    try store.close(record.start.id, at: Self.started)
    let box = Mutable()
    #expect(try store.export(nil) { box.bytes += $0 } == 1)
    let bundle = "\(drawer.directory)/bundle"
    try box.bytes.write(to: URL(filePath: bundle))
    let other = try EvidenceStore(creatingAt: "\(drawer.directory)/other.sqlite")
    #expect(try other.merge(EvidenceStore(reading: bundle)) == MergeSummary(imported: 1))
    #expect(try other.merge(EvidenceStore(reading: store.path)) == MergeSummary(known: 1))
    #expect(try other.build(record.start.id) == record)
    #expect(try other.verify().isIntact)
  }

  /// An operator's laptop and the timer's machine know different parts of a build.
  @Test func `is completed by a store that knows more of it`() throws {
    let store = try EvidenceStore(creatingAt: drawer.path)
    let build = try store.begin(try Self.start()).start.id
    _ = try store.add(BuildEvent(at: Self.started, .asked), to: build)
    let other = try EvidenceStore(creatingAt: "\(drawer.directory)/other.sqlite")
    #expect(try other.merge(EvidenceStore(reading: store.path)) == MergeSummary(imported: 1))
    let record = try store.add(BuildEvent(at: Self.started, .created(server: "machine-1")), to: build)
    #expect(try other.merge(EvidenceStore(reading: store.path)) == MergeSummary(completed: 1))
    #expect(try other.build(build) == record)
    #expect(try other.verify().isIntact)
  }

  private final class Mutable {
    var bytes = Data()
  }
}
