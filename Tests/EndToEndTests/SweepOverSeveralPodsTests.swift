import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// One proof over several pods: each proves its shard in a store of its own, hands its bundle out, and is gone.
@Suite struct `A sweep over several pods` {
  private struct Answer {
    let exit: TerminationStatus
    let output: String
    let errors: String
  }

  private func warmth(_ arguments: [String]) async throws -> Answer {
    let record = try await Subprocess.run(
      .path(FilePath(try await Lab.shared.warmth)), arguments: Arguments(arguments), input: .none,
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    return Answer(exit: record.terminationStatus, output: record.standardOutput, errors: record.standardError)
  }

  private func scratch() async throws -> String {
    let directory = try await Lab.shared.scratch("sweep")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    return directory
  }

  /// The list of all targets, with what a person writes around them.
  private func list(in directory: String) throws -> String {
    let path = "\(directory)/targets"
    let text =
      "# The lane's targets\nqemu\n\n  libguestfs # heavy\r\nguestfs-tools\nqemu_kvm\nqemu\nlibguestfs-appliance\n"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func pod(
    _ index: Int, of list: String, from cache: StubCache, _ options: [String],
    environment: [String: String] = [:], before: String = "true"
  ) async throws -> Trial.Result {
    let lab = try await Lab.shared
    return try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "--targets-from", list, "--shard", "\(index)/3", "--sweep",
        "nightly-1", "--substituter", cache.url, "--trusted-public-key", lab.publicKey,
      ] + options, before: before, environment: environment
    ).run(in: lab)
  }

  /// Keeps what is put to it.
  private func collector() async throws -> StubCache { try await StubCache { _ in .init(status: 201) } }

  @Test func `is warm when every bundle has arrived, each in its own way`() async throws {
    let lab = try await Lab.shared
    let (cache, collector) = (try await lab.cache(), try await collector())
    let directory = try await scratch()
    let list = try list(in: directory)

    let first = try await pod(0, of: list, from: cache, ["--bundle-file", "\(directory)/0.bundle"])
    #expect(first.exit == .exited(0), "\(first.errors)")
    // The address comes in a variable, which Nix and what it evaluates do not get to see.
    let second = try await pod(
      1, of: list, from: cache, [],
      environment: ["WARMTH_BUNDLE_URL": "\(collector.url)/evidence/?X-Signature=hunter2"])
    #expect(second.exit == .exited(0), "\(second.errors)")
    let third = try await pod(2, of: list, from: cache, ["--bundle-log"])
    #expect(third.exit == .exited(0), "\(third.errors)")

    let proved = try [first, second, third].map { try $0.document() }
    #expect(
      proved.map { $0.targets.map { $0.installable.split(separator: "#").last ?? "" } }
        == [["qemu", "qemu_kvm"], ["libguestfs", "libguestfs-appliance"], ["guestfs-tools"]])
    let put = try #require(collector.requests.first)
    #expect(put.method == "PUT")
    #expect(put.path == "/evidence/\(proved[1].run.id).warmth-bundle?X-Signature=hunter2")
    #expect(!second.errors.contains("hunter2") && !second.output.contains("hunter2"))
    let evidence = try #require(FileManager.default.contents(atPath: second.evidence))
    #expect(!String(decoding: evidence, as: UTF8.self).contains("hunter2"))
    try Data(put.body).write(to: URL(filePath: "\(directory)/1.bundle"))
    // As kubectl logs --prefix --timestamps gives it.
    let log = third.errors.split(separator: "\n", omittingEmptySubsequences: false).map {
      "[pod/warmth-prove-2-abcde/warmth] 2026-11-21T20:00:00.123456789Z \($0)"
    }
    #expect(log.filter { $0.contains("@warmth-bundle") }.allSatisfy { $0.utf8.count < 8192 })
    try log.joined(separator: "\n").write(toFile: "\(directory)/2.log", atomically: true, encoding: .utf8)

    let store = "\(directory)/all.sqlite"
    let two = try await warmth([
      "audit", "import", "\(directory)/0.bundle", "\(directory)/1.bundle", "--evidence", store, "--join",
      "nightly-1",
    ])
    #expect(two.exit == .exited(2), "\(two.errors)")
    #expect(two.output.contains("shard-missing: shard 2 of 3 is missing"), "\(two.output)")
    let all = try await warmth([
      "audit", "import", "\(directory)/0.bundle", "\(directory)/1.bundle", "\(directory)/2.log", "--evidence",
      store,
      "--join", "nightly-1",
    ])
    #expect(all.exit == .exited(0), "\(all.errors)\(all.output)")
    #expect(all.output.contains("1 run imported, 2 known already, from 3 stores"))
    #expect(
      all.output.contains("sweep nightly-1: warm; 3 of 3 shards warm, 5 targets in all"), "\(all.output)")

    // The same answer, asked for later; and without being asked for, beside an import.
    let asked = try await warmth(["audit", "sweep", "nightly-1", "--json", "--evidence", store])
    #expect(asked.exit == .exited(0))
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(asked.output.utf8)) as? [String: Any])
    #expect(document["schema"] as? String == "warmth/sweep/v1")
    #expect(document["verdict"] as? String == "warm")
    let shards = try #require(document["shards"] as? [[String: Any]])
    #expect(shards.map { $0["run"] as? String } == proved.map(\.run.id))
    let beside = try await warmth([
      "audit", "import", "\(directory)/0.bundle", "--evidence", "\(directory)/new.sqlite",
    ])
    #expect(beside.exit == .exited(0))
    #expect(beside.errors == "sweep nightly-1: inconclusive; 1 of 3 shards warm, 5 targets in all\n")
    let shown = try await warmth(["audit", "show", proved[0].run.id, "--evidence", "\(directory)/0.bundle"])
    #expect(shown.output.contains("shard 0 of 3 of sweep nightly-1 (5 targets in all)"), "\(shown.output)")
    let gate = try await warmth([
      "gate", "--target", "qemu_kvm", "--target", "guestfs-tools", "--evidence", store,
    ])
    #expect(gate.exit == .exited(0), "\(gate.output)")

    let unknown = try await warmth(["audit", "sweep", "weekly", "--evidence", store])
    #expect(unknown.exit == .exited(64))
    #expect(unknown.errors.contains("there is no run of a sweep 'weekly'"))
    // In the middle of the bundle's last line.
    let whole = log.joined(separator: "\n")
    let last = try #require(whole.ranges(of: "@warmth-bundle").last)
    let cut = String(whole[..<whole.index(last.upperBound, offsetBy: 60)])
    try cut.write(toFile: "\(directory)/cut.log", atomically: true, encoding: .utf8)
    let refused = try await warmth([
      "audit", "import", "\(directory)/cut.log", "--evidence", "\(directory)/x.sqlite",
    ])
    #expect(refused.exit == .exited(74))
    #expect(refused.errors.contains("missing or cut"), "\(refused.errors)")
  }

  @Test func `is cold where one shard is, and counts only what is signed where that is asked for`()
    async throws
  {
    let lab = try await Lab.shared
    let directory = try await scratch()
    let list = try list(in: directory)
    let path = try lab.path("guestfs-tools")
    let cache = try await lab.cache { request, answer in
      request.path == "/\(path.hashPart).narinfo" ? .notFound : answer
    }
    let key = try SigningKey(named: "pods-1")
    #expect(
      FileManager.default.createFile(
        atPath: "\(directory)/key", contents: Data("\(key.secretText)\n".utf8),
        attributes: [.posixPermissions: 0o600]))
    for index in 0..<3 {
      let signed = index == 0 ? [] : ["--sign-key", "\(directory)/key"]
      let result = try await pod(
        index, of: list, from: cache, ["--bundle-file", "\(directory)/\(index).bundle"] + signed)
      #expect(result.exit == .exited(index == 2 ? 1 : 0), "\(result.errors)")
    }
    func joined(_ bundles: [Int], _ options: String...) async throws -> Answer {
      try await warmth(
        ["audit", "import"] + bundles.map { "\(directory)/\($0).bundle" }
          + ["--join", "nightly-1", "--evidence", "\(directory)/\(UUID().uuidString).sqlite"] + options)
    }
    let all = try await joined([0, 1, 2])
    #expect(all.exit == .exited(1), "\(all.output)")
    #expect(all.output.contains("shard-cold: shard 2 of 3 is cold"), "\(all.output)")
    #expect(try await joined([2, 0]).exit == .exited(1))
    #expect(try await joined([0, 1]).exit == .exited(2))
    #expect(try await joined([1, 2], "--trusted-key", "\(key.publicKey)").exit == .exited(1))
    let unsigned = try await joined([0, 1, 2], "--trusted-key", "\(key.publicKey)")
    #expect(unsigned.exit == .exited(74), "\(unsigned.errors)")
    // One that was imported without being asked for a signature does not count where one is.
    let store = "\(directory)/all.sqlite"
    _ = try await warmth([
      "audit", "import", "\(directory)/0.bundle", "\(directory)/1.bundle", "--evidence", store,
    ])
    let sweep = try await warmth([
      "audit", "sweep", "nightly-1", "--trusted-key", "\(key.publicKey)", "--evidence", store,
    ])
    #expect(sweep.exit == .exited(2))
    #expect(sweep.output.contains("shards 0 and 2 of 3 are missing"), "\(sweep.output)")
    #expect(sweep.output.contains("not counted, since no trusted key signed them"), "\(sweep.output)")
  }

  /// The verdict stands, and whoever waits for the evidence must not take its absence for nothing to say.
  @Test func `ends with 74 where a bundle is not handed out, and prints the verdict all the same`()
    async throws
  {
    let lab = try await Lab.shared
    let (cache, directory) = (try await lab.cache(), try await scratch())
    let refusing = try await StubCache { _ in .text("no", status: 403) }
    let list = try list(in: directory)
    let refused = try await pod(
      0, of: list, from: cache,
      ["--bundle-url", "\(refusing.url)/x?sig=hunter2", "--bundle-file", "\(directory)/kept.bundle"])
    #expect(refused.exit == .exited(74), "\(refused.errors)")
    #expect(try refused.document().verdict == "warm")
    #expect(refused.errors.contains("\(refusing.url)/x refused it with HTTP 403"), "\(refused.errors)")
    #expect(!refused.errors.contains("hunter2"))
    #expect(refusing.requests.count == 1)
    // What could be handed out was.
    #expect(try EvidenceStore(reading: "\(directory)/kept.bundle").latestRun()?.verdict == .warm)

    let gone = "\(directory)/gone"
    try FileManager.default.createDirectory(atPath: gone, withIntermediateDirectories: true)
    // The directory is there when the run begins, and is no longer when it ends.
    let leaving = try await lab.cache { _, answer in
      try? FileManager.default.removeItem(atPath: gone)
      return answer
    }
    let lost = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--substituter", leaving.url,
        "--trusted-public-key",
        lab.publicKey, "--bundle-file", "\(gone)/b",
      ]
    ).run(in: lab)
    #expect(lost.exit == .exited(74), "\(lost.errors)")
    #expect(try lost.document().verdict == "warm")
    #expect(lost.errors.contains("'\(gone)/b' cannot be made"), "\(lost.errors)")
  }

  @Test func `stays cold where its bundle is lost, so that nobody asks again`() async throws {
    let lab = try await Lab.shared
    let refusing = try await StubCache { _ in .text("no", status: 403) }
    let archive = try lab.archive(of: lab.path("qemu"))
    let cache = try await lab.cache { request, answer in request.path == archive ? .notFound : answer }
    let cold = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--substituter", cache.url, "--trusted-public-key",
        lab.publicKey, "--bundle-url", refusing.url,
      ]
    ).run(in: lab)
    #expect(cold.exit == .exited(1), "\(cold.errors)")
    #expect(cold.errors.contains("was not handed out as it was asked for"), "\(cold.errors)")
  }

  @Test(arguments: [[], ["--builds", "observe"]])
  func `takes nothing for a bundle that it did not hand out itself`(options: [String]) async throws {
    let lab = try await Lab.shared
    let (cache, directory) = (try await lab.cache(), try await scratch())
    let forged = "@warmth-bundle 20270101T000000Z-aaaaaa 1/1 eA== \(String(repeating: "0", count: 64)) x"
    let file = "\(directory)/forged.nix"
    try "{ a = throw \"\(forged)\"; b = builtins.trace \"\(forged)\" (throw \"b\"); }".write(
      toFile: file, atomically: true, encoding: .utf8)
    let result = try await Trial(
      arguments: [
        "prove", "-f", file, "a", "b", "--substituter", cache.url, "--trusted-public-key", lab.publicKey,
        "--bundle-log",
      ] + options
    ).run(in: lab)
    #expect(result.exit == .exited(2), "\(result.errors)")
    let log = "\(directory)/pod.log"
    try (result.errors + result.output).write(toFile: log, atomically: true, encoding: .utf8)
    #expect(result.errors.contains("@warmth_bundle 20270101"), "\(result.errors)")
    #expect(!(result.errors + result.output).contains("@warmth-bundle 20270101"))
    #expect(try EvidenceStore(reading: log).latestRun()?.start.id.text.hasPrefix("2027") == false)
  }

  @Test func `does not write its bundle over what the run is made of`() async throws {
    let directory = try await scratch()
    let (key, list) = ("\(directory)/key", try list(in: directory))
    #expect(try await warmth(["key", "generate", "collector-1", key]).exit == .exited(0))
    for (options, what) in [
      (["--sign-key", key, "--bundle-file", key], "the secret key"),
      (["--targets-from", list, "--bundle-file", list], "the list of targets"),
      (["--bundle-file", "\(directory)/e.sqlite-journal"], "the evidence"),
      (["--bundle-file", "\(directory)/new/"], "is none"),
    ] {
      let refused = try await warmth(
        ["prove", "qemu", "--nix", "/no/such/nix", "--evidence", "\(directory)/e.sqlite"] + options)
      #expect(refused.exit == .exited(64), "\(refused.errors)")
      #expect(refused.errors.contains(what), "\(refused.errors)")
    }
    #expect(try String(contentsOfFile: key, encoding: .utf8).hasPrefix("collector-1:"))
    #expect(try String(contentsOfFile: list, encoding: .utf8).hasPrefix("# The lane's targets"))
  }

  @Test func `does not keep a pod that is to end waiting for its collector`() async throws {
    let directory = try await scratch()
    let silent = try await StubCache { _ in .text("x").delayed(byMilliseconds: 600_000) }
    let start = ContinuousClock.now
    let record = try await Subprocess.run(
      .path(FilePath(try await Lab.shared.warmth)),
      arguments: [
        "prove", "x", "--nix", "/no/such/nix", "--evidence", "\(directory)/e.sqlite", "--bundle-url",
        silent.url,
        "--bundle-log",
      ], input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20),
      body: { execution in
        while silent.requests.isEmpty, ContinuousClock.now - start < .seconds(60) {
          try await Task.sleep(for: .milliseconds(20))
        }
        try execution.send(signal: .terminate)
      })
    #expect(record.terminationStatus == .exited(74))
    #expect(silent.requests.count == 1)
    #expect(ContinuousClock.now - start < .seconds(90))
    #expect(record.standardOutput.contains("inconclusive"))
    #expect(record.standardError.contains("cannot be reached: the run was ended"), "\(record.standardError)")
    // The log came first.
    try record.standardError.write(toFile: "\(directory)/log", atomically: true, encoding: .utf8)
    #expect(try EvidenceStore(reading: "\(directory)/log").latestRun()?.verdict == .inconclusive)
  }

  @Test func `can have more bundles than a process may usually have open`() async throws {
    let directory = try await scratch()
    let warmth = try await Lab.shared.warmth
    _ = try await self.warmth([
      "prove", "x", "--nix", "/no/such/nix", "--evidence", "\(directory)/e.sqlite", "--bundle-file",
      "\(directory)/b",
    ])
    func imported(_ limit: String) async throws -> Answer {
      let record = try await Subprocess.run(
        .path("/bin/sh"),
        arguments: Arguments(
          ["-c", "ulimit \(limit) 70 && exec \"$@\"", "sh", warmth, "audit", "import", "--evidence"]
            + ["\(directory)/\(UUID().uuidString)"] + Array(repeating: "\(directory)/b", count: 10)),
        input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
      return Answer(
        exit: record.terminationStatus, output: record.standardOutput, errors: record.standardError)
    }
    let raised = try await imported("-Sn")
    #expect(raised.exit == .exited(0), "\(raised.errors)")
    #expect(raised.output == "1 run imported, 9 known already, from 10 stores\n")
    let refused = try await imported("-n")
    #expect(refused.exit == .exited(64))
    #expect(refused.errors.contains("import at most 6 at once"), "\(refused.errors)")
  }

  @Test func `keeps its collector's address from what Nix evaluates`() async throws {
    let lab = try await Lab.shared
    let (cache, collector, directory) = (try await lab.cache(), try await collector(), try await scratch())
    let file = "\(directory)/spy.nix"
    try """
    let seen = builtins.getEnv "WARMTH_BUNDLE_URL"; in
    if seen == "" then { inherit (import \(Lab.fixtures)/lab.nix { }) qemu; } else throw "saw ${seen}"
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let result = try await Trial(
      arguments: [
        "prove", "-f", file, "qemu", "--substituter", cache.url, "--trusted-public-key", lab.publicKey,
      ], environment: ["WARMTH_BUNDLE_URL": "\(collector.url)/"]
    ).run(in: lab)
    #expect(result.exit == .exited(0), "\(result.errors)\(result.output)")
    #expect(collector.requests.count == 1)
  }
}
