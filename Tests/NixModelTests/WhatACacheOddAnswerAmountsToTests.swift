import NixModel
import TestSupport
import Testing

/// What a cache's answers amount to, where it is the answer itself that is odd.
@Suite struct `What a cache's odd answer amounts to` {
  /// A scene, what is changed in it, and what comes of it.
  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    let verdict: Verdict
    let facts: [String]
    let change: @Sendable (inout Scene) throws -> Void

    init(
      _ name: String, _ verdict: Verdict, _ facts: [String],
      _ change: @escaping @Sendable (inout Scene) throws -> Void
    ) {
      self.name = name
      self.verdict = verdict
      self.facts = facts
      self.change = change
    }

    var testDescription: String { name }
  }

  private static func unstarted(_ scene: inout Scene) {
    scene.events = []
    scene.ending = .notStarted
  }

  static let rows: [Row] = [
    Row("no nix-cache-info", .cold, ["substituterError"]) {
      $0.survey.caches = [.init(url: $0.cache, state: .unusable("it has no nix-cache-info (HTTP 404)"))]
      $0.survey.answers = [$0.qemu: []]
      unstarted(&$0)
    },
    Row("no nix-cache-info, and another cache lacks it", .cold, ["substituterError", "notInSubstituter"]) {
      $0.survey.caches.append(.init(url: $0.other, state: .unusable("it has no nix-cache-info (HTTP 404)")))
      $0.survey.answers[$0.qemu] = [.init(cache: $0.cache, kind: .absent)]
      unstarted(&$0)
    },
    Row(
      "no nix-cache-info, and another does not answer", .inconclusive,
      ["substituterError", "substituterUnreachable"]
    ) {
      $0.survey.caches = [
        .init(url: $0.cache, state: .unusable("it has no nix-cache-info (HTTP 404)")),
        .init(url: $0.other, state: .unreachable("nobody listens there")),
      ]
      $0.survey.answers = [$0.qemu: []]
      unstarted(&$0)
    },
    Row("no nix-cache-info, and another has everything", .warm, []) {
      $0.survey.caches.append(.init(url: $0.other, state: .unusable("it has no nix-cache-info (HTTP 404)")))
    },
    Row("an encoding that nobody reads", .inconclusive, ["substituterError"]) {
      $0.survey.answers[$0.qemu] = [.init(cache: $0.cache, kind: .failed(.unreadable("its narinfo has …")))]
      unstarted(&$0)
    },
    Row("403 from a cache that answers nothing else", .cold, ["substituterRefused"]) {
      $0.survey.answers = [$0.qemu: [.init(cache: $0.cache, kind: .refused(status: 403))]]
      unstarted(&$0)
    },
    Row("403 from a cache that answers about others", .cold, ["substituterRefusedOne"]) {
      $0.survey.answers[$0.qemu] = [.init(cache: $0.cache, kind: .refused(status: 403))]
      unstarted(&$0)
    },
    Row("403 for an archive", .cold, ["substituterRefusedOne"]) {
      $0.survey.answers[$0.qemu] = [
        .init(
          cache: $0.cache, kind: try $0.offer(of: $0.qemu, references: [$0.glib], nar: .refused(status: 403)))
      ]
      unstarted(&$0)
    },
    Row("more than a survey asks for", .inconclusive, ["witnessMissing"]) {
      $0.survey.answers[$0.glib] = nil
      unstarted(&$0)
    },
    Row("gone when Nix asked, and built", .cold, ["vanished", "builtLocally"]) {
      $0.policy.builds = .observe
      $0.events = [.copyStarted(path: $0.glib, from: $0.cache.canonical), .buildStarted(derivation: $0.drv)]
      $0.after[$0.qemu] = try $0.registration(of: $0.qemu, isUltimate: true, isSigned: false)
    },
    Row("gone when Nix asked, and ended at its build", .cold, ["vanished", "forbiddenBuild"]) {
      $0.events = [.copyStarted(path: $0.glib, from: $0.cache.canonical), .buildStarted(derivation: $0.drv)]
      $0.ending = .stopped(at: $0.drv)
      $0.after[$0.qemu] = nil
    },
    Row("gone when Nix asked, which may not build", .cold, ["vanished", "nixFailed"]) {
      $0.policy.builds = .forbid
      $0.events = [.copyStarted(path: $0.glib, from: $0.cache.canonical)]
      $0.ending = .exited(code: 1)
      $0.after[$0.qemu] = nil
    },
    Row("a reference gone when Nix asked, which may not build", .cold, ["vanished", "nixFailed"]) {
      $0.policy.builds = .forbid
      $0.events = []
      $0.ending = .exited(code: 1)
      $0.after = [:]
    },
    Row(
      "not given to Nix, which says that the cache did not answer", .inconclusive,
      ["substituterError", "nixFailed"]
    ) {
      $0.policy.builds = .forbid
      let subject = Complaint.Subject.cacheDropped(url: $0.cache.canonical)
      $0.events = [.complaint(.init(subject: subject, text: "unable to download"))]
      $0.ending = .exited(code: 1)
      $0.after = [:]
    },
  ]

  @Test(arguments: rows) func `is told by its cause`(row: Row) throws {
    var scene = try Scene()
    try row.change(&scene)
    let judgment = try scene.judged()
    #expect(judgment.verdict == row.verdict)
    let names = judgment.targets[0].ruling.reasons.map { reason in
      String("\(reason.fact)".prefix { $0 != "(" })
    }
    #expect(names.unique.sorted() == row.facts.sorted())
  }

  @Test func `where a reference is gone names the reference and not what refers to it`() throws {
    var scene = try Scene()
    scene.policy.builds = .forbid
    scene.events = []
    scene.ending = .exited(code: 1)
    scene.after = [:]
    let facts = try scene.judged().targets[0].ruling.reasons.map(\.fact)
    #expect(facts.first == .vanished(path: scene.glib, caches: [scene.cache.canonical]))
    #expect(!facts.contains(.vanished(path: scene.qemu, caches: [scene.cache.canonical])))
  }
}
