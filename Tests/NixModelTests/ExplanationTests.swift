import NixModel
import TestSupport
import Testing

@Suite struct `An explanation` {
  private func explained(_ scene: Scene) throws -> [Cause] {
    let testimony = try scene.testimony()
    return explain(testimony, judge(testimony, under: scene.policy), under: scene.policy).causes
  }

  @Test func `of a warm run has no cause`() throws {
    #expect(try explained(Scene()).isEmpty)
  }

  @Test func `finds the vanished archive behind a build of something else`() throws {
    // glib's archive has vanished; Nix 2.30 and later then builds what stands on it, too.
    var scene = try Scene()
    scene.policy.builds = .observe
    let offer = try scene.offer(of: scene.glib, nar: .missing(status: 404))
    scene.survey.answers[scene.glib] = [.init(cache: scene.cache, kind: offer)]
    scene.events = [
      .copyStarted(path: scene.glib, from: "http://cache.example/main"),
      .complaint(
        Complaint(
          subject: .narMissing(file: "nar/\(scene.glib.hashPart).nar.xz", cache: nil), text: "it is gone")),
      .buildStarted(derivation: scene.glibDrv), .buildStarted(derivation: scene.drv),
    ]
    scene.after = [
      scene.qemu: try scene.registration(of: scene.qemu, references: [scene.glib], isUltimate: true),
      scene.glib: try scene.registration(of: scene.glib, isUltimate: true),
    ]
    let causes = try explained(scene)
    #expect(causes.map(\.reason.code) == [.narMissing])
    let cause = try #require(causes.first)
    #expect(cause.reason.path == scene.glib)
    #expect(
      cause.consequences == [
        Consequence(path: scene.glibDrv, outcome: .built(on: nil, line: 3)),
        Consequence(path: scene.drv, outcome: .built(on: nil, line: 4)),
        Consequence(path: scene.qemu, outcome: .notRealized),
      ])
    #expect(cause.targets == scene.targets.map(\.installable))
    #expect(cause.evidence.contains { if case .log(let event) = $0 { event.line == 2 } else { false } })
    #expect(cause.evidence.contains { if case .answer(_, scene.glib) = $0 { true } else { false } })
  }

  @Test func `finds the target for whose sake a build-time dependency was built`() throws {
    // qemu is offered nowhere, so its compiler is needed, and Nix builds that first.
    var scene = try Scene()
    let compiler = try Make.path("compiler.drv")
    scene.graph = DerivationGraph([
      scene.drv: Derivation(
        outputs: ["out": scene.qemu], inputDerivations: [compiler: ["out"]], system: "x86_64-linux"),
      compiler: Derivation(outputs: ["out": try Make.path("compiler")], system: "x86_64-linux"),
    ])
    scene.survey.answers[scene.qemu] = [.init(cache: scene.cache, kind: .absent)]
    scene.events = [.buildStarted(derivation: compiler)]
    scene.ending = .stopped(at: compiler)
    scene.after = [:]
    let causes = try explained(scene)
    #expect(causes.map(\.reason.code) == [.notInSubstituter])
    #expect(causes.first?.consequences == [Consequence(path: compiler, outcome: .built(on: nil, line: 1))])
  }

  @Test func `says that a build has no known cause where it has none`() throws {
    var scene = try Scene()
    let compiler = try Make.path("compiler.drv")
    scene.events = [.buildStarted(derivation: compiler)]
    scene.ending = .stopped(at: compiler)
    scene.after = [:]
    #expect(try explained(scene).map(\.reason.code) == [.forbiddenBuild])
  }

  @Test func `names where the setting was set`() throws {
    var scene = try Scene()
    scene.substitutes = false
    scene.origins = ["substitute": "/etc/nix/nix.conf, line 3"]
    scene.ending = .notStarted
    scene.events = []
    let cause = try #require(try explained(scene).first)
    #expect(cause.evidence == [.setting(name: "substitute", place: "/etc/nix/nix.conf, line 3")])
    #expect(cause.reason.fact == .substitutesDisallowed(.setting(origin: "/etc/nix/nix.conf, line 3")))
  }

  @Test func `of a cut off run is that it was cut off`() throws {
    var scene = try Scene()
    scene.before = [:]
    scene.ending = .interrupted
    scene.after = [:]
    #expect(try explained(scene).map(\.reason.code) == [.interrupted])
  }

  @Test func `of one path tells what every witness said, and who needed it`() throws {
    let scene = try Scene()
    let account = try #require(
      NixModel.account(of: scene.glib, in: try scene.testimony(), under: scene.policy))
    #expect(account.outcome == .substituted(from: "http://cache.example/main"))
    #expect(account.signedBy == ["lab-1"])
    #expect(account.chains.map(\.paths) == [[scene.qemu, scene.glib]])
    #expect(account.derivation == scene.glibDrv)
    #expect(account.evidence.count == 4)
    let stranger = try Make.path("stranger")
    #expect(NixModel.account(of: stranger, in: try scene.testimony(), under: scene.policy) == nil)
  }
}

@Suite struct `A drift of inputs` {
  private struct Package {
    var version = "1.0"
    var system = "x86_64-linux"
    var fixedHash: String?
    var sources: [String] = []
    var inputs: [String] = []
    var variables: [String: String] = [:]
  }

  /// A graph of packages by name; each derivation's hash follows from everything below it, as in Nix.
  private func graph(_ packages: [String: Package]) throws -> (DerivationGraph, (String) throws -> StorePath)
  {
    var derivations: [StorePath: Derivation] = [:]
    func path(_ name: String) throws -> StorePath {
      let package = packages[name] ?? Package()
      let inputs = try package.inputs.map(path)

      let derivation = try Make.path(
        "\(name)-\(package.version).drv", salt: "\(package)\(inputs)")
      derivations[derivation] = Derivation(
        outputs: ["out": try Make.path("\(name)-\(package.version)")],
        inputDerivations: Dictionary(uniqueKeysWithValues: inputs.map { ($0, ["out"]) }),
        inputSources: try package.sources.map { try Make.path($0) }, system: package.system,
        traits: .init(
          package: name, version: package.version, fixedHash: package.fixedHash,
          fingerprints: package.variables))
      return derivation
    }
    for name in packages.keys.sorted() { _ = try path(name) }
    return (DerivationGraph(derivations), path)
  }

  private static let packages: [String: Package] = [
    "libguestfs": Package(inputs: ["qemu", "glibc", "src"]), "qemu": Package(inputs: ["glibc"]),
    "glibc": Package(variables: ["configureFlags": "a"]),
    "src": Package(fixedHash: "sha256-a", inputs: ["curl"]), "curl": Package(),
  ]

  private func drift(_ change: (inout [String: Package]) -> Void) throws -> Drift {
    let (before, old) = try graph(Self.packages)
    var packages = Self.packages
    change(&packages)
    let (after, new) = try graph(packages)
    return NixModel.drift(from: try old("libguestfs"), in: before, to: try new("libguestfs"), in: after)
  }

  @Test func `is none where nothing changed`() throws {
    let drift = try drift { _ in }
    #expect(drift.isNone)
    #expect(drift.changes.isEmpty && drift.differing == 0)
  }

  @Test func `names the one input that changed by itself, and not what follows`() throws {
    let drift = try drift { $0["glibc"]?.version = "2.0" }
    #expect(drift.changes.map(\.chain) == [["libguestfs-1.0", "glibc-2.0"]])
    #expect(drift.changes.first?.differences == [.name(old: "glibc-1.0", new: "glibc-2.0")])
    #expect(drift.differing == 3)
  }

  @Test func `names every kind of difference`() throws {
    #expect(
      try drift { $0["glibc"]?.variables["configureFlags"] = "b" }.changes.first?.differences
        == [.variables(["configureFlags"])])
    #expect(
      try drift { $0["qemu"]?.system = "aarch64-linux" }.changes.first?.differences
        == [.system(old: "x86_64-linux", new: "aarch64-linux")])
    #expect(
      try drift { $0["qemu"]?.sources = ["fix.patch"] }.changes.first?.differences
        == [.sources(changed: [], added: ["fix.patch"], removed: [])])
    #expect(
      try drift { $0["qemu"]?.inputs = ["curl"] }.changes.first?.differences
        == [.inputs(added: ["curl-1.0"], removed: ["glibc-1.0"])])
    #expect(
      try drift { $0["src"]?.fixedHash = "sha256-b" }.changes.first?.differences
        == [.fixedHash(old: "sha256-a", new: "sha256-b")])
  }

  @Test func `does not look below what is fetched and has the same hash`() throws {
    let drift = try drift { $0["curl"]?.version = "9" }
    #expect(drift.changes.isEmpty)
  }

  @Test func `says so where an earlier derivation was not recorded`() throws {
    let (before, old) = try graph(Self.packages)
    let drift = NixModel.drift(
      from: try old("libguestfs"), in: DerivationGraph(), to: try old("qemu"), in: before)
    #expect(drift.changes.first?.differences == [.unknown])
  }
}
