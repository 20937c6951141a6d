import Building
import Foundation
import NixModel
import Synchronization
import TestSupport
import Testing

@testable import Clouds

/// The life of a machine at a provider, with a clock that only waiting moves.
@Suite struct `A builder` {
  /// A provider, a ledger, and a clock.
  private final class Scene: Sendable {
    let server: StandInVultr
    let cloud: Vultr
    let ledger = ScriptedLedger()
    private let clock = Mutex(Date(timeIntervalSince1970: 1_777_809_600))

    init() async throws {
      server = try await StandInVultr()
      cloud = `The API of Vultr`.client(of: server)
    }

    var now: Date { clock.withLock { $0 } }
    func advance(_ seconds: Double) { clock.withLock { $0 += seconds } }

    var builder: Builder {
      Builder(
        cloud: cloud, ledger: ledger.ledger, now: { self.now },
        pause: { self.advance(Double($0.components.seconds)) })
    }

    func start(_ id: String = "20260503T120000Z-4k7xbq", target: String = "hello") -> (
      ServerRequest, BuildStart
    ) {
      let expires = now.addingTimeInterval(4 * 3600)
      let build = RunID(id)
      return (
        ServerRequest(
          build: build, region: "fra", plan: "vhp-8c-16gb-amd", script: "#!ipxe\n", userData: "x",
          expires: expires),
        BuildStart(
          id: build, started: now, program: "warmth test",
          runner: Runner(host: "here", pod: nil, processID: 1, processStart: 1, bootID: "x"), occasion: nil,
          order: BuildOrder(
            provider: "vultr", region: "fra", plan: "vhp-8c-16gb-amd", hourlyPrice: 142_858,
            deadline: 4 * 3600,
            source: nil, targets: [target], destination: "ssh-ng://store"), expires: expires,
          identity: BuilderIdentity(
            hostKey: "k", signingKey: nil, uploadKey: nil, bootstrap: "b", hasPublicLogs: false))
      )
    }

    /// A process that starts a build, and then another with a new name.
    @discardableResult
    func begin(_ id: String = "20260503T120000Z-4k7xbq", alive: Bool = false) async throws -> Builder.Start {
      let (request, start) = start(id)
      return try await builder.start(request, start, isAlive: { _ in alive }) {}
    }

    func end() async { await cloud.shutdown() }
  }

  private static let second = "20260503T130000Z-abcdfg"

  @Test(
    arguments: [
      ("vhp-8c-16gb-amd", "fra", 3_000_000, nil), ("vhp-8c-16gb-amd", "fra", 571_431, "--max-cost allows"),
      ("vhp-8c-16gb-amd", "fra", 571_432, nil), ("vx1-diskless", "fra", 3_000_000, "has no disk"),
      ("vc2-nothing", "fra", 3_000_000, "it has vhp-8c-16gb-amd ($0.15/h)"),
      ("vhp-8c-16gb-amd", "moon", 3_000_000, "no machines in"),
    ] as [(String, String, UInt64, String?)])
  func `is only made where it can be paid`(plan: String, region: String, limit: UInt64, words: String?)
    async throws
  {
    let scene = try await Scene()
    let order = BuildOrder(
      provider: "vultr", region: region, plan: plan, hourlyPrice: nil, deadline: 4 * 3600, source: nil,
      targets: ["x"],
      destination: "ssh-ng://store")
    do {
      _ = try await scene.builder.offer(for: order, mostCost: limit)
      #expect(words == nil)
    } catch { #expect("\(error)".contains(words ?? "no error"), "\(error)") }
    await scene.end()
    #expect(scene.server.ordered.isEmpty)
  }

  /// Killed at each line of the ledger, before it is written and after: the next start, or reap, leaves one machine or
  /// none, and never two.
  @Test(arguments: 1...4, [true, false])
  func `that was killed leaves one machine or none`(line: Int, isWritten: Bool) async throws {
    let scene = try await Scene()
    scene.ledger.kill(at: line, isWritten: isWritten)
    await #expect(throws: (any Error).self) {
      try await scene.begin()
      // Three lines make a machine; the fourth belongs to its end.
      let record = try #require(scene.ledger.records.first)
      _ = try await scene.builder.remove(record, .asked)
    }
    scene.ledger.revive()
    #expect(scene.server.machines.count <= 1)
    let started = try await scene.begin(Self.second)
    #expect(scene.server.machines.count == 1)
    let record =
      switch started {
      case .made(let record), .joined(let record): record
      }
    #expect(record.server == scene.server.machines.first?.id)
    #expect(scene.ledger.records.filter { $0.state.mayHaveMachine }.count == 1)
    // And without any ledger, once its time is up.
    scene.advance(5 * 3600)
    let reaped = try await Builder(cloud: scene.cloud, ledger: .none, now: { scene.now }, pause: { _ in })
      .reap { _ in false }
    #expect(reaped.contains { $0.server.state != .remainder })
    #expect(scene.server.machines.isEmpty)
    #expect(scene.server.scripts.isEmpty)
    await scene.end()
  }

  @Test func `is found by its tag where the answer was lost`() async throws {
    let scene = try await Scene()
    scene.server.fail(.takenAndBroken, .hidden(3))
    guard case .made(let record) = try await scene.begin() else {
      Issue.record("it was joined")
      return
    }
    #expect(record.server == scene.server.machines.first?.id)
    #expect(scene.server.ordered.count == 1)
    await scene.end()
  }

  @Test func `is not asked for again where the provider did not take the order`() async throws {
    let scene = try await Scene()
    scene.server.fail(.notTakenAndBusy)
    await #expect(throws: CloudError.self) { try await scene.begin() }
    #expect(scene.server.machines.isEmpty)
    #expect(scene.ledger.records.first?.state == .gone)
    await scene.end()
  }

  @Test(arguments: [
    StandInVultr.Fault.refusal(status: 400, "not available in fra"), .refusal(status: 403, "Unauthorized IP"),
    .throttled(100),
  ]) func `that is refused leaves a record and no machine`(fault: StandInVultr.Fault) async throws {
    let scene = try await Scene()
    scene.server.fail(fault)
    await #expect(throws: CloudError.self) { try await scene.begin() }
    #expect(scene.server.machines.isEmpty)
    #expect(scene.ledger.records.map(\.state) == [.gone])
    await scene.end()
  }

  @Test func `is not made where the storage cannot be told its keys`() async throws {
    struct Deaf: Error {}
    let scene = try await Scene()
    let (request, start) = scene.start()
    await #expect(throws: Deaf.self) {
      try await scene.builder.start(request, start, isAlive: { _ in false }) { throw Deaf() }
    }
    #expect(scene.server.ordered.isEmpty)
    #expect(scene.ledger.records.map(\.state) == [.gone])
    await scene.end()
  }

  @Test func `is joined by whoever wants the same`() async throws {
    let scene = try await Scene()
    try await scene.begin()
    guard case .joined(let record) = try await scene.begin(Self.second) else {
      Issue.record("another was made")
      return
    }
    #expect(record.start.id == `The API of Vultr`.build)
    // Another order is another machine.
    let (request, start) = scene.start(Self.second, target: "other")
    guard case .made = try await scene.builder.start(request, start, isAlive: { _ in false }, announce: {})
    else {
      Issue.record("it was joined")
      return
    }
    #expect(scene.server.machines.count == 2)
    await scene.end()
  }

  @Test func `is left to the process that makes it`() async throws {
    let scene = try await Scene()
    scene.ledger.kill(at: 2, isWritten: true)
    await #expect(throws: (any Error).self) { try await scene.begin() }
    scene.ledger.revive()
    await #expect(throws: BuilderError.busy(`The API of Vultr`.build)) {
      try await scene.begin(Self.second, alive: true)
    }
    #expect(scene.server.ordered.isEmpty)
    await scene.end()
  }

  // MARK: Waiting

  private static func report(_ fact: BuildEvent.Fact) -> MachineReport {
    MachineReport(at: Date(timeIntervalSince1970: 1_777_809_700), fact: fact, cursor: "c")
  }

  private static func end(_ exit: Int, isUploaded: Bool = true) -> BuildEvent.Fact {
    .ended(BuildEnd(exit: exit, reason: "r", message: "m", outputs: [], isUploaded: isUploaded))
  }

  private func wait(_ scene: Scene, _ facts: [BuildEvent.Fact], after: @escaping @Sendable () -> Void = {})
    async throws
    -> BuildRecord
  {
    guard case .made(let record) = try await scene.begin() else { throw ScriptedLedger.Killed() }
    let said = Mutex(facts)
    return try await scene.builder.wait(for: record) { _, _ in
      let next = said.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      if next == nil { after() }
      return next.map { [Self.report($0)] } ?? []
    }
  }

  @Test func `that succeeded is deleted at once`() async throws {
    let scene = try await Scene()
    let record = try await wait(
      scene, [.reached(.booted), .reached(.building), .reached(.booted), Self.end(0)])
    #expect(record.state == .gone)
    #expect(record.deletion == .ended)
    #expect(
      record.events.map(\.fact.name) == [
        "asked", "created", "addressed", "booted", "building", "ended", "deleting", "gone",
      ])
    #expect(scene.server.machines.isEmpty)
    #expect(scene.server.scripts.isEmpty)
    await scene.end()
  }

  @Test func `that failed stays until it stands still`() async throws {
    let scene = try await Scene()
    let record = try await wait(scene, [.reached(.booted), Self.end(100)]) { scene.server.halt() }
    #expect(record.deletion == .ended)
    #expect(record.end?.exit == 100)
    #expect(scene.server.machines.isEmpty)
    await scene.end()
  }

  @Test func `that stands still without a word is deleted, because it is billed all the same`() async throws {
    let scene = try await Scene()
    let record = try await wait(scene, [.reached(.booted)]) { scene.server.halt() }
    #expect(record.deletion == .stopped)
    #expect(record.end == nil)
    #expect(scene.server.machines.isEmpty)
    await scene.end()
  }

  @Test func `that says nothing is deleted at its deadline`() async throws {
    let scene = try await Scene()
    let record = try await wait(scene, [])
    #expect(record.deletion == .expired)
    #expect(scene.server.machines.isEmpty)
    await scene.end()
  }

  @Test func `that somebody else deleted is gone`() async throws {
    let scene = try await Scene()
    let record = try await wait(scene, [.reached(.booted)]) { scene.server.vanish() }
    #expect(record.state == .gone)
    #expect(record.deletion == nil)
    await scene.end()
  }

  // MARK: Reaping

  @Test func `is reaped when its time is up, and not before`() async throws {
    let scene = try await Scene()
    try await scene.begin()
    #expect(try await scene.builder.reap { _ in false }.isEmpty)
    scene.advance(4 * 3600)
    let reaped = try await scene.builder.reap { _ in false }
    #expect(reaped.map(\.reason) == [.expired])
    #expect(scene.ledger.records.first?.state == .gone)
    #expect(scene.server.machines.isEmpty)
    await scene.end()
  }

  @Test func `is reaped when it stands still`() async throws {
    let scene = try await Scene()
    try await scene.begin()
    scene.server.halt()
    scene.advance(600)
    #expect(try await scene.builder.reap { _ in false }.map(\.reason) == [.stopped])
    #expect(scene.server.machines.isEmpty)
    await scene.end()
  }
}
