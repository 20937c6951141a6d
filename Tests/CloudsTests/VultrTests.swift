import Building
import Foundation
import NixModel
import TestSupport
import Testing

@testable import Clouds

/// Vultr's API, as a contract: each answer that it can give.
@Suite struct `The API of Vultr` {
  static let build = RunID("20260503T120000Z-4k7xbq")
  static let request = ServerRequest(
    build: build, region: "fra", plan: "vhp-8c-16gb-amd", script: "#!ipxe\n", userData: "data\n",
    expires: Date(timeIntervalSince1970: 1_777_824_000))

  static func client(of server: StandInVultr, key: String = StandInVultr.key) -> Vultr {
    Vultr(key: key, address: server.url) { _ in }
  }

  private func with<Value>(
    _ server: StandInVultr, key: String = StandInVultr.key, _ body: (Vultr) async throws -> Value
  )
    async throws -> Value
  {
    let client = Self.client(of: server, key: key)
    do {
      let value = try await body(client)
      await client.shutdown()
      return value
    } catch {
      await client.shutdown()
      throw error
    }
  }

  @Test func `offers what a region has, on all pages`() async throws {
    let server = try await StandInVultr()
    let offers = try await with(server) { try await $0.offers(in: "fra") }
    #expect(
      offers == [
        // 96 dollars a month, of which Vultr counts 672 hours.
        Offer(plan: "vhp-8c-16gb-amd", memory: 16 << 30, disk: 350 << 30, hourlyPrice: 142_858),
        Offer(plan: "vx1-diskless", memory: 16 << 30, disk: 0, hourlyPrice: 135_000),
      ])
    #expect(try await with(server) { try await $0.offers(in: "nowhere") }.isEmpty)
  }

  @Test func `makes a machine with everything that it needs, and takes everything away`() async throws {
    let server = try await StandInVultr()
    try await with(server) { vultr in
      let made = try await vultr.create(Self.request)
      #expect(made.state == .installing)
      #expect(made.address == nil)
      #expect(made.build == Self.build)
      #expect(made.expires == Self.request.expires)
      let machine = try #require(server.machines.first)
      #expect(
        (machine.userData, machine.script, machine.label) == ("data\n", "#!ipxe\n", "warmth-\(Self.build)"))
      #expect(server.scripts == ["warmth-\(Self.build) expires-1777824000"])
      #expect(try await vultr.servers(tagged: "warmth").map(\.id) == [made.id])
      try await vultr.delete(made.id)
      #expect(server.machines.isEmpty)
      #expect(server.scripts.isEmpty)
      #expect(try await vultr.server(made.id) == nil)
      // It is gone already.
      try await vultr.delete(made.id)
    }
  }

  /// Active and stopped and locked is a machine that is being made; 0.0.0.0 is no address; `ok` may never come.
  @Test func `reads states that go back and forth`() async throws {
    let server = try await StandInVultr()
    try await with(server) { vultr in
      let id = try await vultr.create(Self.request).id
      var seen: [String] = []
      for _ in 0..<4 {
        let shown = try #require(try await vultr.server(id))
        seen.append("\(shown.state) \(shown.address ?? "-")")
      }
      #expect(seen == ["running -", "installing 192.0.2.7", "running 192.0.2.7", "running 192.0.2.7"])
      server.halt()
      #expect(try await vultr.server(id)?.state == .stopped)
    }
  }

  @Test func `lists machines on all pages, and none that is not ours`() async throws {
    let server = try await StandInVultr()
    try await with(server) { vultr in
      for _ in 0..<3 { _ = try await vultr.create(Self.request) }
      #expect(try await vultr.servers(tagged: "warmth-\(Self.build)").count == 3)
      #expect(try await vultr.servers(tagged: "other").isEmpty)
    }
  }

  @Test func `lists what is left of a request that came to no machine`() async throws {
    let server = try await StandInVultr()
    server.fail(.refusal(status: 400, "Server add failed: block devices required"))
    try await with(server) { vultr in
      await #expect(throws: CloudError.self) { try await vultr.create(Self.request) }
      let left = try await vultr.servers(tagged: "warmth")
      #expect(left.map(\.state) == [.remainder])
      #expect(left.first?.expires == Self.request.expires)
      try await vultr.delete(left.first?.id ?? "")
      #expect(server.scripts.isEmpty)
    }
  }

  @Test(
    arguments: [
      (.refusal(status: 400, "Server add failed: product needs approval"), "refused"),
      (.refusal(status: 400, "The plan vhp-8c-16gb-amd is not available in fra."), "noCapacity"),
      (.refusal(status: 401, "Invalid API token."), "unauthorized"),
      (.refusal(status: 403, "Unauthorized IP"), "unauthorized"),
      (.takenAndBroken, "unknown"), (.notTakenAndBusy, "unknown"), (.throttled(100), "throttled"),
    ] as [(StandInVultr.Fault, String)])
  func `tells the ways apart in which no machine is made`(fault: StandInVultr.Fault, flaw: String)
    async throws
  {
    let server = try await StandInVultr()
    server.fail(fault)
    let error = try await #require(throws: CloudError.self) {
      try await with(server) { try await $0.create(Self.request) }
    }
    #expect("\(error.flaw)".hasPrefix(flaw), "\(error)")
    #expect(!"\(error)".contains(StandInVultr.key))
    // Only one of them leaves a machine behind, and it is the one that says so.
    #expect(server.machines.isEmpty == (fault != .takenAndBroken))
  }

  @Test func `waits where it was asked too often`() async throws {
    let server = try await StandInVultr()
    server.fail(.throttled(2))
    #expect(try await with(server) { try await $0.offers(in: "fra") }.count == 2)
  }

  @Test func `says which key it has been`() async throws {
    let server = try await StandInVultr()
    let error = try await #require(throws: CloudError.self) {
      try await with(server, key: "another") { try await $0.offers(in: "fra") }
    }
    #expect(error.flaw == .unauthorized("Invalid API token."))
  }

  @Test func `was not asked where nobody listens`() async throws {
    let vultr = Vultr(key: "key", address: "http://127.0.0.1:1/v2") { _ in }
    let error = try await #require(throws: CloudError.self) { try await vultr.create(Self.request) }
    await vultr.shutdown()
    guard case .unreachable = error.flaw else {
      Issue.record("\(error.flaw)")
      return
    }
  }

  /// An answer can be anything.
  @Test(arguments: ["", "[]", "{}", "{\"plans\": 3}", "\u{0}", "{\"plans\": [{\"id\": \"x\"}]}"])
  func `reads no answer that is none`(body: String) async throws {
    let server = try await StubCache { _ in .text(body) }
    let vultr = Vultr(key: "key", address: server.url) { _ in }
    let error = try await #require(throws: CloudError.self) { try await vultr.offers(in: "fra") }
    await vultr.shutdown()
    guard case .unreadable = error.flaw else {
      Issue.record("\(error.flaw)")
      return
    }
  }

  @Test func `does not turn pages for ever`() async throws {
    let server = try await StubCache { _ in
      .text(#"{"plans": [], "meta": {"links": {"next": "again"}}}"#)
    }
    let vultr = Vultr(key: "key", address: server.url) { _ in }
    await #expect(throws: CloudError.self) { try await vultr.offers(in: "fra") }
    await vultr.shutdown()
    #expect(server.requests.count == 2)
  }
}
