import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// What is said of builds, on real ones.
@Suite struct `Builds are told as Nix made them` {
  @Test func `by the output that was built, and by derivations`() async throws {
    let lab = try await Lab.shared
    let dev = try lab.path("libguestfs", "dev")
    let file = try narinfo("libguestfs", "dev")(lab)
    let cache = try await lab.cache { $0.path == file ? .notFound : $1 }
    guard lab.version < Lab.Version(2, 30) else {
      // Each output is an undertaking of its own: those that were copied may be registered as built besides.
      let result = try await Trial(
        arguments: ["prove", "-f", "\(Lab.fixtures)/lab.nix", "libguestfs^*", "--builds", "observe"]
          + ["--substituter", cache.url, "--trusted-public-key", lab.publicKey]
      ).run(in: lab)
      #expect(result.exit == .exited(1), "\(result.output)")
      #expect(try result.document().targets[0].reasons.contains { $0.code == "built-locally" })
      return
    }
    let document = try await prove(
      ["libguestfs^*"], from: [cache], ["--builds", "observe"], gives: .cold,
      [.notInSubstituter, .builtLocally])
    let built = document.targets[0].reasons.filter { $0.code == "built-locally" }
    #expect(built.map(\.path) == [dev.description])
    #expect(document.closure.builtLocally == 1)
  }

  @Test func `where a build tells the path it is called so`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.emptyCache()
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/unknown.nix", "floating", "deferred", "impure", "--substituter",
        cache.url, "--trusted-public-key", lab.publicKey,
      ],
      configuration: "extra-experimental-features = ca-derivations impure-derivations"
    ).run(in: lab)
    #expect(result.exit == .exited(2), "\(result.errors)")
    let reasons = try result.document().targets.map(\.reasons)
    #expect(reasons.map { $0.map(\.code) } == Array(repeating: ["evaluation-failed"], count: 3))
    for (reason, kind) in zip(reasons.flatMap { $0 }, ["floating", "deferred", "impure"]) {
      #expect(
        reason.message.contains("a \(kind)") || reason.message.contains("an \(kind)"), "\(reason.message)")
      #expect(!reason.message.contains("could not evaluate"))
    }
  }

  @Test func `by what was asked for where Nix resolved it first`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.emptyCache()
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/unknown.nix", "resolved", "--builds", "observe", "--substituter",
        cache.url, "--trusted-public-key", lab.publicKey,
      ],
      configuration: "extra-experimental-features = ca-derivations"
    ).run(in: lab)
    let document = try result.document()
    let (target, built) = (
      document.targets[0], document.targets[0].reasons.filter { $0.code == "built-locally" }
    )
    #expect(target.reasons.map(\.code) == ["not-in-substituter", "forbidden-build", "built-locally"])
    #expect(built.map(\.path) == [target.outputs[0].path])
    #expect(built.allSatisfy { $0.message.contains(target.derivation ?? "none") })
    // The input too.
    #expect(document.closure.builtLocally == 2)
  }
}
