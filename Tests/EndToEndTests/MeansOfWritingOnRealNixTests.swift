import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// What a run holds, on real Nix.
@Suite struct `Means of writing on real Nix` {
  private static let key =
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEAxxxxxxxx\n-----END RSA PRIVATE KEY-----\n"

  @Test func `that are good for many things decide only where the policy is strict`() async throws {
    let cache = try await Lab.shared.cache()
    try await prove(["qemu"], from: [cache], home: [".ssh/id_rsa": Self.key], gives: .warm, [])
    try await prove(
      ["qemu"], from: [cache], ["--strict"], home: [".ssh/id_rsa": Self.key], gives: .inconclusive,
      [.writeTokenPresent])
  }

  @Test func `are looked for at home where there is no HOME`() async throws {
    // In the private mounts of the trial.
    let home =
      "home=$(getent passwd $(id -u) | cut -d: -f6) && mount -t tmpfs tmpfs \"$home\" && echo default password x > \"$home/.netrc\""
    for gone in ["unset HOME", "export HOME="] {
      try await prove(
        ["qemu"], from: [Lab.shared.cache()], before: "\(home) && \(gone)", gives: .inconclusive,
        [.writeTokenPresent])
    }
  }

  @Test func `are nobody's where a cache takes what anybody puts there`() async throws {
    let cache = try await Lab.shared.cache { $0.method == "PUT" ? StubCache.Answer(status: 412).early : $1 }
    let document = try await prove(["qemu"], from: [cache], gives: .inconclusive, [.writeTokenPresent])
    #expect(document.targets[0].reasons[0].message.contains("takes what anybody puts there"))
  }

  @Test func `count by the policy's word as well`() async throws {
    let lab = try await Lab.shared
    let policy = "\(lab.directory)/read-only.yaml"
    try "read-only: [aws-credentials@AWS_ACCESS_KEY_ID]\n".write(
      toFile: policy, atomically: true, encoding: .utf8)
    let keys = ["AWS_ACCESS_KEY_ID": "AKIAEXAMPLE"]
    try await prove(
      ["qemu"], from: [lab.cache()], ["--policy", policy], environment: keys, gives: .warm, [])
    try await prove(
      ["qemu"], from: [lab.cache()], environment: keys, gives: .inconclusive, [.writeTokenPresent])
  }
}
