import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A machine from the order to its end: the ROM of iPXE, the unit of the kernel's command line, encrypted swap, a build
/// by real Nix, upload over ssh, logs through a tunnel, a proof, and no machine.
@Suite(.serialized) struct `A builder that boots for real` {
  /// Runs `warmth builder`.
  private func warmth(_ arguments: [String], in lab: MachineLab) async throws -> (
    exit: TerminationStatus, output: String, errors: String
  ) {
    let record = try await Subprocess.run(
      .name("timeout"),
      arguments: Arguments(["-k", "5", "400", try await Lab.shared.warmth, "builder"] + arguments),
      environment: .inherit.updating([
        "WARMTH_EVIDENCE": "\(lab.folder)/evidence.sqlite", "NIX_CONFIG": .none,
      ]),
      output: .string(limit: 16 << 20), error: .string(limit: 16 << 20))
    return (record.terminationStatus, record.standardOutput, record.standardError)
  }

  private func provider(_ lab: MachineLab) -> [String] {
    ["--api-key-file", "\(lab.folder)/api-key", "--api-url", lab.provider.url]
  }

  private func watching(_ lab: MachineLab) -> [String] {
    ["--identity", "\(lab.folder)/watch", "--ssh-option", "Port=\(lab.watchPort)"]
  }

  /// Waits until `file` says something.
  private func wait(for words: String, in file: String, of lab: MachineLab) async throws {
    for _ in 0..<600 {
      if try lab.text(file).contains(words) { return }
      try await Task.sleep(for: .milliseconds(500))
    }
    Issue.record("\(file) never said '\(words)': \(try lab.text(file).suffix(2000))")
  }

  private func order(_ attribute: String, in lab: MachineLab, isWatched: Bool = true) async throws -> [String]
  {
    let digest = try await MachineLab.run(
      "/bin/sh", ["-c", "nix-hash --type sha256 --base32 '\(lab.folder)/source'"])
    return [
      "--region", "fra", "--plan", "vhp-8c-16gb-amd", "-f", "release.nix", "-A", attribute,
      "--repository",
      "http://\(MachineLab.here):\(lab.provider.port)/source.tar.gz", "--sha256", digest, "--to",
      "ssh-ng://root@\(MachineLab.here):\(lab.sshPort)", "--known-hosts",
      "\(lab.folder)/known_hosts",
      "--announce",
      "\(lab.folder)/storage trust", "--netboot",
      "\(lab.folder)/pin.json",
      "--deadline", "15m", "--keep-failed", "40s",
    ] + (isWatched ? ["--watch-key", "\(lab.folder)/watch.pub"] : []) + provider(lab)
  }

  /// Every secret of a machine that nobody else may have seen.
  private func secrets(_ lab: MachineLab) async throws -> [String] {
    let machine = try #require(lab.provider.ordered.last)
    let folder = "\(lab.folder)/secrets"
    try lab.write(machine.userData, to: "user-data")
    _ = try await MachineLab.run(
      "/bin/sh",
      ["-c", "mkdir -p \(folder) && base64 -d \(lab.folder)/user-data | tar -xz -C \(folder)"])
    // A line of a key is enough to find it.
    let keys = try ["host-key", "upload-key"].map { name in
      try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).split(separator: "\n").map(
        String.init)[2]
    }
    let signing = try String(contentsOfFile: "\(folder)/signing-key", encoding: .utf8)
    return keys + [String(signing.split(separator: ":")[1].prefix(40)), StandInVultr.key]
  }

  @Test func `builds, uploads, is proved warm, and is gone`() async throws {
    let lab = try await MachineLab()
    defer { lab.stop() }
    let watcher = Task { try await watch(lab) }
    let (exit, output, errors) = try await warmth(
      [
        "start", "--apply", "--json", "--prove", "--read-side", lab.readSide.url, "--read-key",
        try await Lab.shared.publicKey,
      ]
        + order("hello", in: lab) + watching(lab), in: lab)
    let console = try lab.text("\(lab.provider.ordered.last?.id ?? "none").console")
    let sshd = try lab.text("sshd.log")
    #expect(
      exit == .exited(0), "\(output)\n\(errors)\n\(console.suffix(4000))\n\(sshd.suffix(4000))")

    let record = try JSONDecoder().decode(Record.self, from: Data(output.utf8))
    #expect(
      record.events.map(\.event) == [
        "asked", "created", "addressed", "booted", "keyed", "configured", "building", "uploading",
        "ended",
        "deleting", "gone", "served", "proved",
      ])
    #expect(record.events.last?.message.hasSuffix("says warm") == true)
    #expect(lab.provider.machines.isEmpty)
    #expect(lab.provider.scripts.isEmpty)

    // Paths, and the log of the build.
    let path = try #require(record.end?.outputs.first)
    let narinfo = try lab.text("cache/\(path.dropFirst("/nix/store/".count).prefix(32)).narinfo")
    #expect(narinfo.components(separatedBy: "\nSig: ").count == 3)
    let logs = try FileManager.default.contentsOfDirectory(atPath: "\(lab.folder)/cache/log")
    #expect(logs.contains { $0.hasSuffix("-warmth-hello.drv") })

    // The metadata service was closed to a build that had the network, and swap was encrypted.
    #expect(console.contains("is encrypted swap"))
    let secrets = try await secrets(lab)
    watcher.cancel()
    let (processes, journal) = try await watcher.value
    #expect(processes.contains("qemu-system-x86_64"))
    #expect(
      journal.contains("the log of hello") && journal.contains("WARMTH_RUN="),
      "\(journal.suffix(2000))")
    let disk = "\(lab.folder)/\(lab.provider.ordered.last?.id ?? "").disk"
    for secret in secrets {
      for file in ["evidence.sqlite", "sshd.log", "\(lab.provider.ordered.last?.id ?? "").console"] {
        #expect(
          !(try Data(contentsOf: URL(filePath: "\(lab.folder)/\(file)"))).contains(secret),
          "\(file)")
      }
      #expect(!output.contains(secret) && !errors.contains(secret))
      #expect(!processes.contains(secret) && !journal.contains(secret))
      try lab.write(secret, to: "pattern")
      let found = try await MachineLab.run(
        "/bin/sh", ["-c", "grep -c -a -F -f \(lab.folder)/pattern \(disk) || true"])
      #expect(found == "0")
    }
    #expect(try await warmth(["reap"] + provider(lab), in: lab).exit == .exited(0))
  }

  /// Until it is cancelled: everything that processes of this machine have in their arguments, and the machine's journal
  /// with all fields, through the tunnel, as root's gateway exports it.
  private func watch(_ lab: MachineLab) async throws -> (processes: String, journal: String) {
    var (processes, journal) = (Set<String>(), "")
    while !Task.isCancelled {
      for process in try FileManager.default.contentsOfDirectory(atPath: "/proc")
      where Int(process) != nil {
        if let line = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8) {
          processes.insert(line)
        }
      }
      let entries = try? await MachineLab.run(
        "/bin/sh",
        [
          "-c",
          "printf 'GET /entries HTTP/1.0\\r\\nAccept: application/vnd.fdo.journal\\r\\n\\r\\n' | ssh -T -i '\(lab.folder)/watch' "
            + "-o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "
            + "-p \(lab.watchPort) -W 127.0.0.1:19531 watch@127.0.0.1 2> /dev/null | tr -c '[:print:]\\n' '?'",
        ], limit: "20")
      if let entries, entries.count > journal.count { journal = entries }
      try? await Task.sleep(for: .seconds(1))
    }
    return (processes.joined(separator: "\n"), journal)
  }

  /// Memory is all that a machine has, so it would do everything again.
  @Test func `that starts a second time does not build a second time`() async throws {
    let lab = try await MachineLab()
    defer { lab.stop() }
    let order = try await order("slow", in: lab) + watching(lab)
    async let started = warmth(["start", "--apply", "--json"] + order, in: lab)
    while lab.provider.ordered.isEmpty { try await Task.sleep(for: .milliseconds(200)) }
    let console = "\(try #require(lab.provider.ordered.last).id).console"
    try await wait(for: "warmth: building", in: console, of: lab)
    lab.restart()
    let (exit, output, errors) = try await started
    let again = try lab.text("\(console)-again")
    // It turns itself off before it lets anybody in, so what became of the build is not known.
    #expect(exit == .exited(2), "\(output)\n\(errors)\n\(again.suffix(4000))")
    #expect(again.contains("second-start") || again.contains("started a second time"))
    #expect(!again.contains("warmth: building"))
    #expect(lab.provider.machines.isEmpty && lab.provider.ordered.count == 1)
  }

  @Test(
    arguments: [
      (1, "nowhere", 1, "build"), (0, "hello", 70, "there is no disk"),
      (2, "hello", 70, "several disks"),
    ] as [(Int, String, Int32, String)])
  func `ends in a sentence where it cannot build`(
    disks: Int, attribute: String, code: Int32, words: String
  )
    async throws
  {
    let lab = try await MachineLab(disks: disks)
    defer { lab.stop() }
    let order = try await order(attribute, in: lab) + watching(lab)
    async let started = warmth(["start", "--apply", "--json"] + order, in: lab)
    while lab.provider.ordered.isEmpty { try await Task.sleep(for: .milliseconds(200)) }
    let console = "\(try #require(lab.provider.ordered.last).id).console"
    try await wait(for: "warmth: failed", in: console, of: lab)
    // It would stay for a while, for somebody to look. The end has to be on record first.
    for _ in 0..<60 {
      if try await warmth(["status", "--recorded"], in: lab).output.contains("failed") { break }
      try await Task.sleep(for: .seconds(1))
    }
    #expect(try await warmth(["stop"] + provider(lab), in: lab).exit == .exited(0))
    let (exit, output, errors) = try await started
    let said = try lab.text(console).suffix(3000)
    #expect(exit == .exited(code), "\(output)\n\(errors)\n\(said)")
    #expect(output.contains(words), "\(output)")
    #expect(lab.provider.machines.isEmpty)
  }

  /// The worker's own script, with a real client and a real server.
  @Test(arguments: [true, false])
  func `does not upload to a storage that is silent, or has another key`(isSilent: Bool)
    async throws
  {
    let lab = try await MachineLab()
    defer { lab.stop() }
    let folder = "\(lab.folder)/desk"
    // The kernel takes its connections, and nobody says anything.
    let silent = try MachineLab.boundSocket()
    defer { close(silent.descriptor) }
    listen(silent.descriptor, 64)
    let port = isSilent ? silent.port : lab.sshPort
    let known = try lab.text(isSilent ? "host.pub" : "watch.pub").split(separator: " ").prefix(2)
      .joined(separator: " ")
    try FileManager.default.createDirectory(
      atPath: "\(folder)/queue/new", withIntermediateDirectories: true)
    try lab.write("[127.0.0.1]:\(port) \(known)\n", to: "desk/known_hosts")
    try lab.write(
      "TO='ssh-ng://root@127.0.0.1' CARRIES_LOGS=no SSH_OPTIONS='-i \(lab.folder)/watch -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=1 -o UserKnownHostsFile=\(folder)/known_hosts -p \(port)'\n",
      to: "desk/settings")
    try lab.write("", to: "desk/build-started")
    let upload = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../Sources/BuilderResources/machine/upload"
    ).standardized.path
    let said = try await MachineLab.run(
      "\(Lab.fixtures)/private-nix",
      [
        "\(folder)/home", "sh", "-c",
        "path=$(nix-store --add \"$0/settings\"); export WARMTH_HOME=\"$0\" WARMTH_QUEUE=\"$0/queue\" WARMTH_PAUSE=0; if sh \"$1\" --final \"$path\" 2>&1; then echo uploaded; else echo \"ended with $?\"; fi",
        folder, upload,
      ], limit: "120")
    #expect(said.hasSuffix("ended with 1"), "\(said)")
    #expect(isSilent || said.contains("Host key verification failed"), "\(said)")
  }

  @Test func `that fails is kept for a while, leaves its log, and is deleted`() async throws {
    let lab = try await MachineLab()
    defer { lab.stop() }
    let (exit, output, errors) = try await warmth(
      // Without --watch-key, it reads the machine's reports by a key of its own.
      ["start", "--apply", "--json"] + order("broken", in: lab, isWatched: false) + [
        "--ssh-option", "Port=\(lab.watchPort)",
      ], in: lab)
    let console = try lab.text("\(lab.provider.ordered.last?.id ?? "none").console")
    // Nix's own code, which is not 100 where its daemon builds.
    #expect(exit == .exited(1), "\(output)\n\(errors)\n\(console.suffix(4000))")
    let record = try JSONDecoder().decode(Record.self, from: Data(output.utf8))
    #expect(record.end?.reason == "build")
    #expect(record.events.suffix(3).map(\.event) == ["ended", "deleting", "gone"])
    // It turned itself off when its time was up, and was deleted then, because it is billed all the same.
    #expect(console.contains("Power down"))
    #expect(lab.provider.machines.isEmpty)
    let logs = try FileManager.default.contentsOfDirectory(atPath: "\(lab.folder)/cache/log")
    #expect(logs.contains { $0.hasSuffix("-warmth-broken.drv") })
  }

  /// The document of `builder --json`, as its readers know it.
  private struct Record: Decodable {
    struct Event: Decodable {
      let event: String
      let message: String
    }
    struct End: Decodable {
      let exit: Int
      let reason: String
      let outputs: [String]
    }
    let events: [Event]
    let end: End?
  }
}

extension Data {
  fileprivate func contains(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}
