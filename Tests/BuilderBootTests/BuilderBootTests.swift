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

  private func order(_ attribute: String, in lab: MachineLab) async throws -> [String] {
    let digest = try await MachineLab.run(
      "/bin/sh", ["-c", "nix-hash --type sha256 --base32 '\(lab.folder)/source'"])
    return [
      "--region", "fra", "--plan", "vhp-8c-16gb-amd", "-f", "release.nix", "-A", attribute, "--repository",
      "http://\(MachineLab.here):\(lab.provider.port)/source.tar.gz", "--sha256", digest, "--to",
      "ssh-ng://root@\(MachineLab.here):\(lab.sshPort)", "--known-hosts", "\(lab.folder)/known_hosts",
      "--announce",
      "\(lab.folder)/storage trust", "--watch-key", "\(lab.folder)/watch.pub", "--netboot",
      "\(lab.folder)/pin.json",
      "--deadline", "15m", "--keep-failed", "40s",
    ] + provider(lab)
  }

  /// Every secret of a machine that nobody else may have seen.
  private func secrets(_ lab: MachineLab) async throws -> [String] {
    let machine = try #require(lab.provider.ordered.last)
    let folder = "\(lab.folder)/secrets"
    try lab.write(machine.userData, to: "user-data")
    _ = try await MachineLab.run(
      "/bin/sh", ["-c", "mkdir -p \(folder) && base64 -d \(lab.folder)/user-data | tar -xz -C \(folder)"])
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
    let (exit, output, errors) = try await warmth(
      [
        "start", "--apply", "--json", "--prove", "--read-side", lab.readSide.url, "--read-key",
        try await Lab.shared.publicKey,
      ]
        + order("hello", in: lab) + watching(lab), in: lab)
    let console = try lab.text("\(lab.provider.ordered.last?.id ?? "none").console")
    let sshd = try lab.text("sshd.log")
    #expect(exit == .exited(0), "\(output)\n\(errors)\n\(console.suffix(4000))\n\(sshd.suffix(4000))")

    let record = try JSONDecoder().decode(Record.self, from: Data(output.utf8))
    #expect(
      record.events.map(\.event) == [
        "asked", "created", "addressed", "booted", "keyed", "configured", "building", "uploading", "ended",
        "deleting", "gone",
        "proved",
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
    let disk = "\(lab.folder)/\(lab.provider.ordered.last?.id ?? "").disk"
    for secret in secrets {
      for file in ["evidence.sqlite", "sshd.log", "\(lab.provider.ordered.last?.id ?? "").console"] {
        #expect(!(try Data(contentsOf: URL(filePath: "\(lab.folder)/\(file)"))).contains(secret), "\(file)")
      }
      #expect(!output.contains(secret) && !errors.contains(secret))
      try lab.write(secret, to: "pattern")
      let found = try await MachineLab.run(
        "/bin/sh", ["-c", "grep -c -a -F -f \(lab.folder)/pattern \(disk) || true"])
      #expect(found == "0")
    }
    #expect(try await warmth(["reap"] + provider(lab), in: lab).exit == .exited(0))
  }

  /// The document of `builder --json`, as its readers know it.
  private struct Record: Decodable {
    struct Event: Decodable {
      let event: String
      let message: String
    }
    struct End: Decodable {
      let exit: Int
      let outputs: [String]
    }
    let events: [Event]
    let end: End?
  }
}

extension Data {
  fileprivate func contains(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}
