import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// Explanations of runs on real Nix, as their reader has them.
@Suite struct `An explanation on real Nix` {
  /// Proves guestfs-tools, and once more after `edit` where there is one, and asks `warmth` with `arguments` of
  /// the store of evidence that it left.
  private func ask(_ arguments: [String], after edit: String? = nil) async throws -> Trial.Result {
    let lab = try await Lab.shared
    let prove = """
      "$WARMTH" prove -f "$TMPDIR/lab.nix" guestfs-tools --substituter file://\(lab.directory)/cache \
      --trusted-public-key '\(lab.publicKey)' --nix "$NIX" --evidence "$TMPDIR/evidence.sqlite" > /dev/null 2>&1
      """
    let again = edit.map { " && \($0) && ! { \(prove); }" } ?? ""
    return try await Trial(
      arguments: arguments,
      before: """
        cp \(Lab.fixtures)/lab.nix "$TMPDIR/" && \(prove)\(again) && \
        export WARMTH_EVIDENCE="$TMPDIR/evidence.sqlite"
        """, environment: ["WARMTH": lab.warmth]
    ).run(in: lab)
  }

  private let edit =
    #"sed -i 's/echo kernel,/echo newer kernel,/; s/appliance-1.54.0/appliance-1.56.0/' "$TMPDIR/lab.nix""#

  @Test func `of a path that no cache knows says which input changed since the target was warm`() async throws
  {
    let result = try await ask(["explain", "--json"], after: edit)
    #expect(result.exit == .exited(0), "\(result.errors)")
    let explained = try JSONDecoder().decode(ExplainedDocument.self, from: Data(result.output.utf8))
    #expect(explained.causes.map(\.code) == ["not-in-substituter"])
    let comparison = try #require(explained.comparisons.first)
    #expect(!comparison.same)
    #expect(
      comparison.changes.map(\.chain) == [
        ["guestfs-tools-1.54.0", "libguestfs-1.54.1", "libguestfs-appliance-1.56.0"]
      ])
    let text = try await ask(["explain"], after: edit).output
    #expect(text.contains("libguestfs-appliance-1.54.0 became libguestfs-appliance-1.56.0"), "\(text)")
  }

  @Test func `of one path shows what each witness said`() async throws {
    let path = try await Lab.shared.path("libguestfs").description
    let result = try await ask(["explain", "2", path])
    #expect(result.exit == .exited(0), "\(result.errors)")
    for said in ["before", "narinfo", "copying", "after", "guestfs-tools", "lab-1"] {
      #expect(result.output.contains(said), "\(result.output)")
    }
  }

  @Test(arguments: [
    (["explain", "nothing"], Int32(64), "nothing"),
    (["explain", "2", "/nix/store/00000000000000000000000000000000-unheard-of"], 64, "unheard-of"),
    (["explain", "--against", "19"], 64, "19"),
  ])
  func `of what was never recorded is refused`(arguments: [String], code: Int32, word: String) async throws {
    let result = try await ask(arguments)
    #expect(result.exit == .exited(code), "\(result.output)\(result.errors)")
    #expect(result.errors.contains(word), "\(result.errors)")
  }
}

/// The document of `explain --json`, as its readers know it.
private struct ExplainedDocument: Decodable, Sendable {
  struct Evidence: Decodable, Sendable {
    let kind: String
    let line: Int?
    let text: String
  }
  struct Consequence: Decodable, Sendable {
    let path: String
    let outcome: String
  }
  struct Cause: Decodable, Sendable {
    let code: String
    let bearing: String
    let path: String?
    let message: String
    let evidence: [Evidence]
    let consequences: [Consequence]
    let targets: [String]
    let remedy: String
  }
  struct Comparison: Decodable, Sendable {
    struct Change: Decodable, Sendable { let chain: [String] }
    let installable: String
    let against: String
    let same: Bool
    let changes: [Change]
  }
  let schema: String
  let run: String
  let verdict: String
  let causes: [Cause]
  let comparisons: [Comparison]
}
