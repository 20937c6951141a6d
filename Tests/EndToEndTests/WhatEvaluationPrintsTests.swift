import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// What evaluated code has Nix print.
@Suite struct `What evaluation prints` {
  @Test func `is not kept where it is a flood`() async throws {
    let lab = try await Lab.shared
    let file = lab.scratch("flood") + ".nix"
    let text = String(repeating: "x", count: 1500)
    try """
    let flood = builtins.foldl' (a: n: builtins.trace "${toString n} \(text)" a) 0 (builtins.genList (n: n) 20000);
    in builtins.seq flood (import \(Lab.fixtures)/lab.nix { })
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let cache = try await lab.cache()
    let result = try await Trial(
      arguments: [
        "prove", "-f", file, "qemu", "--trusted-public-key", lab.publicKey, "--substituter", cache.url,
      ]
    ).run(in: lab)
    let document = try #require(try? result.document(), "\(result.errors.prefix(2000))")
    #expect(document.targets.flatMap(\.reasons).map(\.code) == ["witness-missing"], "\(result.output)")
    #expect(result.output.contains("more than is kept"))
    let size = try FileManager.default.attributesOfItem(atPath: result.evidence)[.size] as? Int ?? .max
    #expect(size < 16 << 20)
  }
}
