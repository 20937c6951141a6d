import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// Nix 2.3, of which `classify` reads logs and `prove` at least the store that it left.
private let ancient = ProcessInfo.processInfo.environment["WARMTH_TEST_ANCIENT_NIX"]

@Suite(.enabled(if: ancient != nil, "scripts/test --all-nix runs these with the Nix 2.3 of Debian bullseye"))
struct `Nix 2.3` {
  /// Builds an attribute with it from the good cache, and then runs `arguments`; its log is $TMPDIR/log.
  private func build(_ attribute: String, then arguments: [String], nix: String? = nil) async throws
    -> Trial.Result
  {
    let lab = try await Lab.shared
    let old = URL(filePath: try #require(ancient)).deletingLastPathComponent().path
    return try await Trial(
      arguments: arguments,
      before: """
        \(old)/nix-build \(Lab.fixtures)/lab.nix -A \(attribute) --no-out-link --option substitute true \
        --option substituters file://\(lab.directory)/cache --option trusted-public-keys '\(lab.publicKey)' \
        > /dev/null 2> "$TMPDIR/log" && set -- "$@" $(test "$2" != classify || echo "$TMPDIR/log")
        """, nix: nix
    ).run(in: lab)
  }

  @Test func `writes logs that say what was copied and built`() async throws {
    struct Classified: Decodable { let counts: [String: Int] }
    for (attribute, copied, built) in [("guestfs-tools", 4, 0), ("nosubst", 0, 1)] {
      let result = try await build(attribute, then: ["classify", "--json"])
      #expect(result.exit == .exited(0), "\(result.errors)")
      let counts = try JSONDecoder().decode(Classified.self, from: Data(result.output.utf8)).counts
      #expect(counts == ["copied": copied, "built": built, "builtRemotely": 0], "\(attribute)")
    }
  }

  @Test func `leaves a store in which a newer Nix finds its paths present`() async throws {
    let lab = try await Lab.shared
    let result = try await build(
      "qemu",
      then: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--substituter", "file://\(lab.directory)/cache",
        "--trusted-public-key", lab.publicKey,
      ])
    #expect(result.exit == .exited(2), "\(result.errors)")
    #expect(try result.document().targets.flatMap(\.reasons).map(\.code) == ["present-before"])
  }

  @Test func `is too old to prove with, and that is said`() async throws {
    let result = try await build(
      "libc", then: ["prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu"], nix: ancient)
    #expect(result.exit == .exited(2), "\(result.errors)")
    #expect((result.output + result.errors).contains("2.3.7"), "\(result.output)\(result.errors)")
  }
}
