import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// `warmth builder` beside a provider and a machine's journal that are stand-ins: nothing boots.
@Suite struct `The commands of a builder` {
  /// A provider, the journal of its machines, and what the options name.
  private final class Scene: Sendable {
    let folder = Scratch.path("builder")
    let provider: StandInVultr
    private let gateway: StubCache
    private let said = Mutex<[[String: String]]>([])
    private let deadly = Mutex<(request: String, signal: Int32, isCarriedOut: Bool)?>(nil)

    init() async throws {
      // Its own address, because the gateway's port is one and the same.
      let address =
        "127.\((2...254).map(UInt8.init).shuffled().prefix(3).map(String.init).joined(separator: "."))"
      let relay = Relay()
      provider = try await StandInVultr(address: address, asked: { relay.asked($0) })
      gateway = try await StubCache(at: address, port: 19531) { relay.entries(for: $0) }
      relay.scene = self
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try write("store.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDummyDummyDummy\n", to: "known_hosts")
      try write(
        #"{"kernel": "http://x/kernel", "initrd": "http://x/initrd", "parameters": "quiet"}"#, to: "pin.json")
      for (name, key) in [("api-key", StandInVultr.key), ("wrong-key", "another")] {
        try write(key + "\n", to: name)
        try FileManager.default.setAttributes(
          [.posixPermissions: 0o600], ofItemAtPath: "\(folder)/\(name)")
      }
    }

    /// Ties the servers, which are made first, to the scene.
    private final class Relay: @unchecked Sendable {
      // Set once, before anything is asked.
      weak var scene: Scene?
      func asked(_ request: String) -> Bool { scene?.asked(request) ?? true }
      func entries(for request: StubCache.Request) -> StubCache.Answer {
        scene?.entries(for: request) ?? .notFound
      }
    }

    func write(_ text: String, to name: String) throws {
      try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    // MARK: The machine

    /// The machine writes an entry of root about a phase into its journal.
    func say(_ phase: String, _ fields: [String: String] = [:]) {
      said.withLock {
        $0.append(fields.merging(["WARMTH_PHASE": phase, "MESSAGE": "at \(phase)"]) { own, _ in own })
      }
    }

    /// The machine ends its work.
    func end(_ exit: Int, uploaded: Bool = true, outputs: String = "") {
      say(
        exit == 0 ? "done" : "failed",
        [
          "WARMTH_EXIT": "\(exit)", "WARMTH_REASON": "build", "WARMTH_UPLOADED": "\(uploaded)",
          "WARMTH_OUTPUTS": outputs,
        ])
    }

    private func entries(for request: StubCache.Request) -> StubCache.Answer {
      _ = asked("JOURNAL")
      let build = provider.ordered.last?.label.dropFirst("warmth-".count) ?? ""
      let from = request.headers["range"]?.firstMatch(of: /entries=c([0-9]+):/).flatMap { Int($0.1) } ?? 0
      let lines = said.withLock { Array($0.enumerated()) }.dropFirst(from).map { number, fields in
        let entry = fields.merging([
          "__CURSOR": "c\(number + 1)",
          "__REALTIME_TIMESTAMP": "\(UInt64(Date().timeIntervalSince1970 * 1e6))",
          "_UID": "0", "WARMTH_RUN": String(build), "SYSLOG_IDENTIFIER": "warmth-builder",
        ]) { own, _ in own }
        return String(decoding: (try? JSONEncoder().encode(entry)) ?? Data(), as: UTF8.self) + "\n"
      }
      return .text(lines.joined())
    }

    // MARK: The program

    /// Sends the program a signal when it asks for this, which may still be carried out.
    func strike(at request: String, _ signal: Int32, isCarriedOut: Bool) {
      deadly.withLock { $0 = (request, signal, isCarriedOut) }
    }

    private func asked(_ request: String) -> Bool {
      let due = deadly.withLock { deadly -> (signal: Int32, isCarriedOut: Bool)? in
        guard let found = deadly, request.hasPrefix(found.request) else { return nil }
        deadly = nil
        return (found.signal, found.isCarriedOut)
      }
      guard let due else { return true }
      let text = (try? String(contentsOfFile: "\(folder)/pid", encoding: .utf8)) ?? ""
      if let process = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) {
        kill(process, due.signal)
      }
      return due.isCarriedOut
    }

    func run(_ command: String, _ options: [String] = []) async throws -> (
      exit: TerminationStatus, output: String, errors: String
    ) {
      // The shell becomes the program, so that its own number is the program's.
      let record = try await Subprocess.run(
        .name("timeout"),
        arguments: Arguments(
          [
            "-k", "1", "60", "/bin/sh", "-c", #"echo $$ > "$0"; exec "$@""#, "\(folder)/pid",
            Lab.shared.warmth,
          ]
            + command.split(separator: " ").map(String.init) + options),
        environment: .inherit.updating([
          "WARMTH_EVIDENCE": "\(folder)/evidence.sqlite", "VULTR_API_KEY": .none, "NIX_CONFIG": .none,
        ]),
        output: .string(limit: 4 << 20), error: .string(limit: 4 << 20))
      return (record.terminationStatus, record.standardOutput, record.standardError)
    }

    var key: [String] { ["--api-key-file", "\(folder)/api-key"] }
    var api: [String] { ["--api-url", provider.url, "--visibility", "2.4"] }

    /// An order; later options replace earlier ones.
    func order(_ changes: [String: String?] = [:]) -> [String] {
      let usual: [String: String?] = [
        "--region": "fra", "--plan": "vhp-8c-16gb-amd", "--to": "ssh-ng://cache@store.example",
        "--announce": "cat",
        "--known-hosts": "\(folder)/known_hosts", "--netboot": "\(folder)/pin.json",
        "--api-key-file": "\(folder)/api-key",
      ]
      return ["github:NixOS/nixpkgs/\(String(repeating: "0", count: 40))#hello", "--public-logs"] + api
        + usual.merging(changes) { $1 }.sorted { $0.key < $1.key }.flatMap { name, value in
          value.map { [name, $0.replacing("@", with: name == "--to" ? "@" : folder)] } ?? []
        }
    }

    func start(_ changes: [String: String?] = [:], _ more: String...) async throws -> (
      exit: TerminationStatus, output: String, errors: String
    ) { try await run("builder start --apply", order(changes) + more) }
  }

  @Test func `start, look, read and wait by several processes`() async throws {
    let scene = try await Scene()
    let started = try await scene.start([:], "--detach")
    #expect(started.exit == .exited(0), "\(started.errors)")
    #expect(scene.provider.machines.count == 1)
    scene.say("booted")
    scene.provider.finish()
    let status = try await scene.run("builder status", scene.key + scene.api)
    #expect(status.exit == .exited(0), "\(status.errors)")
    #expect(status.output.contains("its address is 127."), "\(status.output)")
    #expect(!status.output.contains(StandInVultr.key) && !status.errors.contains(StandInVultr.key))
    let recorded = try await scene.run("builder status --recorded --json")
    #expect(recorded.exit == .exited(0) && recorded.output.contains("\"addressed\""), "\(recorded.output)")
    let logs = try await scene.run("builder logs")
    #expect(logs.exit == .exited(0) && logs.output == "warmth-builder: at booted\n", "\(logs)")
    scene.say("building")
    let more = try await scene.run("builder logs --after c1")
    #expect(more.output == "warmth-builder: at building\n" && more.errors.contains("--after 'c2'"), "\(more)")
    // A second start of the same order joins it.
    let joined = try await scene.start([:], "--detach")
    #expect(joined.exit == .exited(0) && joined.errors.contains("under way already"), "\(joined)")
    #expect(scene.provider.ordered.count == 1)
    scene.end(0)
    let waited = try await scene.run("builder wait --json", scene.key + scene.api)
    #expect(waited.exit == .exited(0), "\(waited.errors)")
    #expect(scene.provider.machines.isEmpty && scene.provider.scripts.isEmpty)
    // What is over needs no provider.
    let name = try #require(scene.provider.ordered.first?.label.dropFirst("warmth-".count))
    for command in ["status", "stop", "wait"] {
      let over = try await scene.run("builder \(command) \(name)")
      #expect(over.exit == .exited(0) && over.output.contains("gone"), "\(command): \(over)")
    }
    let unnamed = try await scene.run("builder wait")
    #expect(unnamed.exit == .exited(64) && unnamed.errors.contains("no build is unfinished"), "\(unnamed)")
  }

  @Test(arguments: [(0, true, 0), (100, true, 100), (0, false, 1), (nil, true, 2)] as [(Int?, Bool, Int32)])
  func `exit as the build did`(end: Int?, isUploaded: Bool, code: Int32) async throws {
    let scene = try await Scene()
    if let end { scene.end(end, uploaded: isUploaded) } else { scene.say("building") }
    // A machine that failed turns itself off when its time is up.
    if code != 0 {
      Task {
        while scene.provider.requests.count < 12 { try await Task.sleep(for: .milliseconds(50)) }
        scene.provider.halt()
      }
    }
    let result = try await scene.start()
    #expect(result.exit == .exited(code), "\(result.errors)")
    #expect(scene.provider.machines.isEmpty)
  }

  @Test(arguments: [true, false]) func `ask readers for the receipt`(isServed: Bool) async throws {
    let lab = try await Lab.shared
    let path = try lab.path("libc")
    let narinfo = try Make.narinfoText(path, content: "1", signedBy: [lab.key])
    let readSide = try await StubCache { request in
      if request.path == "/nix-cache-info" { return .text("StoreDir: /nix/store\n") }
      if request.path.hasSuffix(".narinfo") { return isServed ? .text(narinfo) : .notFound }
      return .text("an archive")
    }
    let scene = try await Scene()
    scene.end(0, outputs: path.description)
    let address = readSide.url.replacing("http://", with: "http://me:hunter2@")
    let result = try await scene.start([:], "--read-side", address, "--read-key", lab.publicKey)
    #expect(result.exit == .exited(isServed ? 0 : 1), "\(result)")
    #expect(result.output.contains("\(readSide.url) serves \(isServed ? 1 : 0) of the 1 path"), "\(result)")
    #expect(!result.output.contains("hunter2"))
    let recorded = try await scene.run("audit verify")
    #expect(recorded.exit == .exited(0), "\(recorded)")
  }

  @Test func `keep a machine until it is stopped`() async throws {
    let scene = try await Scene()
    scene.end(0)
    let result = try await scene.start([:], "--keep")
    #expect(result.exit == .exited(0), "\(result.errors)")
    #expect(scene.provider.machines.count == 1)
    let again = try await scene.run("builder wait", scene.key + scene.api)
    #expect(again.exit == .exited(0), "\(again.errors)")
    #expect(scene.provider.machines.count == 1)
    let stopped = try await scene.run("builder stop", scene.key + scene.api)
    #expect(stopped.exit == .exited(0) && stopped.output.contains("gone"), "\(stopped)")
    #expect(scene.provider.machines.isEmpty)
  }

  @Test func `leave the machine alone where they are interrupted`() async throws {
    let scene = try await Scene()
    scene.strike(at: "JOURNAL", SIGINT, isCarriedOut: true)
    let result = try await scene.start()
    #expect(result.errors.contains("`warmth builder wait` waits for it"), "\(result)")
    #expect(scene.provider.machines.count == 1)
    scene.end(0)
    let waited = try await scene.run("builder wait", scene.key + scene.api)
    #expect(waited.exit == .exited(0), "\(waited.errors)")
    #expect(scene.provider.machines.isEmpty)
  }

  /// Each call to the provider has a line of the ledger before it. So a process that is killed at a call was killed after
  /// that line, and one whose call is not carried out was killed before the call.
  @Test(
    arguments: [
      ("announce", true), ("GET /plans", true), ("POST /startup-scripts", false),
      ("POST /startup-scripts", true),
      ("POST /instances", false), ("POST /instances", true), ("GET /instances/", true), ("JOURNAL", true),
      ("DELETE /instances/", false), ("DELETE /instances/", true),
    ])
  func `killed at any call, leave one machine or none to the next start`(call: String, isCarriedOut: Bool)
    async throws
  {
    let scene = try await Scene()
    scene.end(0)
    scene.strike(at: call, SIGKILL, isCarriedOut: isCarriedOut)
    let killed = try await scene.start(call == "announce" ? ["--announce": "kill -9 $PPID; sleep 1"] : [:])
    #expect(killed.exit == .signaled(SIGKILL) || killed.exit == .exited(137), "\(killed)")
    #expect(scene.provider.machines.count <= 1)
    let started = try await scene.start([:], "--detach")
    #expect(started.exit == .exited(0), "\(started)")
    #expect(scene.provider.machines.count == 1)
    #expect(scene.provider.ordered.count == (call == "DELETE /instances/" ? 2 : 1))
    let stopped = try await scene.run("builder stop", scene.key + scene.api)
    #expect(stopped.exit == .exited(0), "\(stopped)")
    #expect(scene.provider.machines.isEmpty)
    let verified = try await scene.run("audit verify")
    #expect(verified.exit == .exited(0), "\(verified)")
  }

  @Test(
    arguments: [
      (["--api-key-file": nil], 64, "API key is missing"),
      (["--api-key-file": "@/wrong-key"], 64, "was not accepted"),
      (["--api-key-file": "@/none"], 64, "cannot be read"), (["--region": "moon"], 64, "no machines in"),
      (["--plan": "vc2-nothing"], 64, "it has vhp-8c-16gb-amd"),
      (["--plan": "vx1-diskless"], 64, "has no disk"),
      (["--max-cost": "0.1"], 64, "--max-cost"), (["--announce": "echo who >&2; exit 3"], 69, "who"),
      (["--announce": nil], 64, "has to know the machine's key"),
      (["--known-hosts": "@/pin.json"], 64, "host key"),
      (["--known-hosts": nil], 64, "host key"), (["--to": "http://x"], 64, "http"),
      (["--known-hosts": "@/large"], 64, "bytes"), (["--netboot": "@/none"], 64, "cannot be read"),
    ] as [([String: String?], Int32, String)])
  func `refuse in a sentence, and make no machine`(changes: [String: String?], code: Int32, words: String)
    async throws
  {
    let scene = try await Scene()
    // Noise does not become shorter by packing.
    let noise = (0..<800).map { _ in
      "h ssh-ed25519 \(UInt64.random(in: .min ... .max))\(UInt64.random(in: .min ... .max))"
    }
    try scene.write(noise.joined(separator: "\n"), to: "large")
    let result = try await scene.start(changes)
    #expect(result.exit == .exited(code), "\(result)")
    #expect(result.errors.contains(words), "\(result)")
    #expect(scene.provider.ordered.isEmpty)
  }

  @Test func `tell where there is no machine of that kind now`() async throws {
    let scene = try await Scene()
    scene.provider.fail(.refusal(status: 400, "not available in fra"))
    let result = try await scene.start()
    #expect(result.exit == .exited(69) && result.errors.contains("not available in fra"), "\(result)")
    #expect(scene.provider.machines.isEmpty)
  }

  @Test func `do not leave a build alone of which nobody could learn the end`() async throws {
    let scene = try await Scene()
    let order = scene.order().filter { $0 != "--public-logs" }
    let result = try await scene.run("builder start --apply --detach", order)
    #expect(result.exit == .exited(64) && result.errors.contains("--watch-key"), "\(result)")
    // Without --detach, the program reads the logs by a key of its own.
    let plan = try await scene.run("builder start", order)
    #expect(plan.exit == .exited(0) && plan.errors.contains("by a key of its own"), "\(plan)")
  }
}
