import NixModel
import TestSupport
import Testing

/// One row of the judge's table: what is changed in a warm run, and what follows.
struct Row: CustomTestStringConvertible, Sendable {
  let name: String
  let verdict: Verdict
  let codes: [ReasonCode]
  let change: @Sendable (inout Scene) throws -> Void
  var testDescription: String { name }

  init(
    _ name: String, _ verdict: Verdict, _ codes: [ReasonCode],
    change: @escaping @Sendable (inout Scene) throws -> Void
  ) {
    self.name = name
    self.verdict = verdict
    self.codes = codes
    self.change = change
  }
}

private let error = "file 'nar/x' does not exist in binary cache 'http://cache.example/main'"

@Suite struct `The judge` {
  @Test(arguments: [
    Row("a run in which everything agrees", .warm, []) { _ in },
    Row("an output that was registered before", .inconclusive, [.presentBefore]) {
      $0.before[$0.qemu] = try $0.present($0.qemu)
    },
    Row("an output that lay on disk unregistered", .inconclusive, [.presentBefore]) {
      $0.before[$0.qemu] = .unregistered
    },
    Row("a dependency that was there before, and that the cache has", .warm, []) {
      $0.before[$0.glib] = try $0.present($0.glib)
      $0.survey.answers[$0.glib] = [
        .init(cache: $0.cache, kind: try $0.offer(of: $0.glib, nar: .present(size: 60)))
      ]
      $0.events.removeFirst()
    },
    Row(
      "a dependency that was there before, whose archive nobody asked for", .inconclusive, [.witnessMissing]
    ) {
      $0.before[$0.glib] = try $0.present($0.glib)
      $0.events.removeFirst()
    },
    Row("a dependency that was there before, whose archive is gone", .cold, [.narMissing]) {
      $0.before[$0.glib] = try $0.present($0.glib)
      $0.survey.answers[$0.glib] = [
        .init(cache: $0.cache, kind: try $0.offer(of: $0.glib, nar: .missing(status: 404)))
      ]
      $0.events.removeFirst()
    },
    Row("a dependency that was there before with other bytes", .inconclusive, [.witnessesDisagree]) {
      $0.before[$0.glib] = try $0.present($0.glib, content: "1")
      $0.survey.answers[$0.glib] = [
        .init(cache: $0.cache, kind: try $0.offer(of: $0.glib, nar: .present(size: 60)))
      ]
      $0.events.removeFirst()
    },
    Row("a dependency that was built here before", .inconclusive, [.presentBefore]) {
      $0.before[$0.glib] = try $0.present($0.glib, isUltimate: true)
      $0.after[$0.glib] = try $0.registration(of: $0.glib, isUltimate: true, isSigned: false)
      $0.events.removeFirst()
    },
    Row("a dependency that was there before, where the store must be fresh", .inconclusive, [.presentBefore])
    {
      $0.policy.needsFreshStore = true
      $0.before[$0.glib] = try $0.present($0.glib)
      $0.events.removeFirst()
    },
    Row("what was left of a dependency, which was copied anew", .warm, []) {
      $0.before[$0.glib] = .unregistered
    },
    Row("what was left of a dependency, where the store must be fresh", .inconclusive, [.presentBefore]) {
      $0.policy.needsFreshStore = true
      $0.before[$0.glib] = .unregistered
    },
    Row("a dependency that evaluation added, where the store must be fresh", .warm, []) {
      $0.policy.needsFreshStore = true
      $0.before[$0.glib] = try $0.present($0.glib, since: .evaluation(row: 1))
      $0.survey.answers[$0.glib] = [
        .init(cache: $0.cache, kind: try $0.offer(of: $0.glib, nar: .present(size: 60)))
      ]
      $0.events.removeFirst()
    },
    Row(
      "a dependency that evaluation says to have copied, whose archive is gone", .inconclusive,
      [.narMissing, .witnessesDisagree]
    ) {
      $0.before[$0.glib] = try $0.present($0.glib, since: .evaluation(row: 1))
      $0.survey.answers[$0.glib] = [
        .init(cache: $0.cache, kind: try $0.offer(of: $0.glib, nar: .missing(status: 404)))
      ]
      $0.evaluationLines = 1
    },
    Row("a dependency that was not looked for", .inconclusive, [.witnessMissing]) {
      $0.before[$0.glib] = nil
    },
    Row("an output that was there, and that evaluation says to have copied", .inconclusive, [.presentBefore])
    {
      $0.before[$0.qemu] = try $0.present($0.qemu)
      $0.evaluationLines = 2
    },
    Row("an output that evaluation added and nobody copied", .inconclusive, [.witnessesDisagree]) {
      $0.before[$0.qemu] = try $0.present($0.qemu, since: .evaluation(row: 1))
      $0.events.removeLast()
    },
    Row("an output that was not looked for", .inconclusive, [.witnessMissing]) {
      $0.before[$0.qemu] = nil
    },
    Row("Nix's settings rule substitution out", .inconclusive, [.substitutesDisallowed]) {
      $0.substitutes = false
    },
    Row("no cache has the output", .cold, [.notInSubstituter]) {
      $0.survey.answers[$0.qemu] = [.init(cache: $0.cache, kind: .absent)]
      $0.ending = .notStarted
      $0.events = []
    },
    Row("a hole in the closure", .cold, [.referenceMissing]) {
      $0.survey.answers[$0.glib] = [.init(cache: $0.cache, kind: .absent)]
      $0.ending = .notStarted
      $0.events = []
    },
    Row("an unsigned narinfo", .cold, [.signatureUntrusted]) {
      $0.survey.answers[$0.qemu] = [.init(cache: $0.cache, kind: .untrusted(try Make.narinfo($0.qemu)))]
      $0.ending = .notStarted
      $0.events = []
    },
    Row("a narinfo for another path", .cold, [.narinfoInvalid]) {
      let flaw = NarinfoError(line: 1, flaw: .otherPath($0.glib))
      $0.survey.answers[$0.qemu] = [.init(cache: $0.cache, kind: .invalid(flaw))]
      $0.ending = .notStarted
      $0.events = []
    },
    Row("an archive that the survey misses", .cold, [.narMissing]) {
      $0.survey.answers[$0.qemu] = [
        .init(
          cache: $0.cache, kind: try $0.offer(of: $0.qemu, references: [$0.glib], nar: .missing(status: 404)))
      ]
      $0.ending = .notStarted
      $0.events = []
    },
    Row("a cache that refuses", .cold, [.substituterRefused]) {
      $0.survey.answers[$0.qemu] = [.init(cache: $0.cache, kind: .refused(status: 403))]
      $0.ending = .notStarted
      $0.events = []
    },
    Row("the only cache is out of reach", .inconclusive, [.substituterUnreachable]) {
      $0.survey.caches = [.init(url: $0.cache, state: .unreachable("nobody listens there"))]
      $0.survey.answers = [$0.qemu: []]
      $0.ending = .notStarted
      $0.events = []
    },
    Row("the only cache fails", .inconclusive, [.substituterError]) {
      $0.survey.caches = [.init(url: $0.cache, state: .failing(status: 503))]
      $0.survey.answers = [$0.qemu: []]
      $0.ending = .notStarted
      $0.events = []
    },
    Row(
      "a path that one cache lacks and a silent one might have", .inconclusive,
      [.substituterError, .notInSubstituter]
    ) {
      $0.survey.caches.append(.init(url: $0.other, state: .open(priority: 50)))
      $0.survey.answers[$0.qemu] = [
        .init(cache: $0.cache, kind: .absent), .init(cache: $0.other, kind: .failed(.status(500))),
      ]
      $0.ending = .notStarted
      $0.events = []
    },
    Row("a silent cache whose answer could change nothing", .warm, []) {
      $0.survey.caches.append(.init(url: $0.other, state: .unreachable("nobody listens there")))
    },
    Row("a good cache second in line", .warm, []) {
      $0.survey.caches.insert(.init(url: $0.other, state: .open(priority: 10)), at: 0)
      for path in [$0.qemu, $0.glib] {
        $0.survey.answers[path]?.insert(.init(cache: $0.other, kind: .absent), at: 0)
      }
    },
    Row("copied from a cache that the policy does not accept", .inconclusive, [.wrongSubstituter]) {
      $0.policy.expectFrom = [$0.cache]
      $0.events[1] = .copyStarted(path: $0.qemu, from: "http://other.example")
    },
    Row("copied from an address that is no substituter of the run", .inconclusive, [.wrongSubstituter]) {
      $0.events[1] = .copyStarted(path: $0.qemu, from: "http://forged.example")
    },
    Row("the archive vanished, and Nix built the target", .cold, [.narMissing, .builtLocally]) {
      let file = "nar/\($0.qemu.hashPart).nar.xz"
      $0.events.append(
        .complaint(.init(subject: .narMissing(file: file, cache: "http://cache.example/main"), text: error)))
      $0.events.append(.buildStarted(derivation: $0.drv))
      $0.after[$0.qemu] = try $0.registration(of: $0.qemu, isUltimate: true, isSigned: false)
    },
    Row("Nix was ended at a build that is not allowed", .cold, [.notInSubstituter, .forbiddenBuild]) {
      $0.events = [.buildStarted(derivation: $0.glibDrv)]
      $0.ending = .stopped(at: $0.glibDrv)
      $0.after = [:]
    },
    Row("a copied target on a dependency that was built", .cold, [.notInSubstituter, .forbiddenBuild]) {
      $0.events[0] = .buildStarted(derivation: $0.glibDrv)
      $0.after[$0.glib] = try $0.registration(of: $0.glib, isUltimate: true, isSigned: false)
    },
    Row("a build that belongs to no target bears on all", .cold, [.forbiddenBuild]) {
      $0.events.append(.buildStarted(derivation: try Make.path("import-from-derivation.drv")))
    },
    Row("a build on another machine", .cold, [.notInSubstituter, .builtRemotely]) {
      $0.events[1] = .buildStartedRemotely(derivation: $0.drv, machine: "ssh://builder")
      $0.after[$0.qemu] = try $0.registration(of: $0.qemu, isSigned: false)
    },
    Row(
      "a build while a cache that might have had the path was silent", .inconclusive,
      [.substituterUnreachable, .builtLocally]
    ) {
      $0.survey.caches = [.init(url: $0.cache, state: .unreachable("nobody listens there"))]
      $0.survey.answers = [$0.qemu: []]
      $0.events = [.buildStarted(derivation: $0.drv)]
      $0.after[$0.qemu] = try $0.registration(of: $0.qemu, isUltimate: true, isSigned: false)
    },
    Row("the log says copied, the database says built", .inconclusive, [.witnessesDisagree]) {
      $0.after[$0.qemu] = try $0.registration(of: $0.qemu, references: [$0.glib], isUltimate: true)
    },
    Row("the log says nothing, and the path appeared", .inconclusive, [.witnessesDisagree]) {
      $0.events.removeLast()
    },
    Row("copied although no cache offered it", .inconclusive, [.notInSubstituter, .witnessesDisagree]) {
      $0.survey.answers[$0.qemu] = [.init(cache: $0.cache, kind: .absent)]
    },
    Row("copied, and not valid although Nix succeeded", .inconclusive, [.witnessesDisagree]) {
      $0.after[$0.qemu] = nil
    },
    Row("copied, and registered without a signature that verifies", .inconclusive, [.witnessesDisagree]) {
      $0.after[$0.qemu] = try $0.registration(of: $0.qemu, references: [$0.glib, $0.qemu], isSigned: false)
    },
    Row("a corrupt archive", .cold, [.narCorrupt, .nixFailed]) {
      $0.events.append(
        .complaint(.init(subject: .narCorrupt(path: $0.qemu), text: "hash mismatch importing path")))
      $0.ending = .exited(code: 1)
      $0.after[$0.qemu] = nil
    },
    Row("Nix failed for no reason that is known", .inconclusive, [.nixFailed]) {
      $0.ending = .exited(code: 1)
      $0.after = [:]
      $0.events = []
    },
    Row(
      "a cache that has everything, and that Nix may not ask", .inconclusive,
      [.substitutesDisallowed, .forbiddenBuild]
    ) {
      $0.events = [
        .complaint(
          Complaint(subject: .substituterDistrusted(url: "http://cache.example/main"), text: "ignoring")),
        .buildStarted(derivation: $0.glibDrv),
      ]
      $0.ending = .stopped(at: $0.glibDrv)
      $0.after = [:]
    },
    Row(
      "a cache that Nix could not open when the survey could", .inconclusive,
      [.substituterError, .forbiddenBuild]
    ) {
      $0.events = [
        .complaint(Complaint(subject: .cacheDropped(url: "http://cache.example/main"), text: "unable")),
        .buildStarted(derivation: $0.glibDrv),
      ]
      $0.ending = .stopped(at: $0.glibDrv)
      $0.after = [:]
    },
    Row("a cache that Nix dropped where another had everything", .warm, []) {
      $0.events.insert(
        .complaint(Complaint(subject: .cacheDropped(url: "http://other.example"), text: "unable")), at: 0)
    },
    Row("Nix was killed", .inconclusive, [.nixFailed]) {
      $0.ending = .signalled(number: 9)
      $0.after = [:]
    },
    Row("Nix crashed over a path that no cache has", .inconclusive, [.notInSubstituter, .nixFailed]) {
      $0.survey.answers[$0.qemu] = [.init(cache: $0.cache, kind: .absent)]
      $0.policy = Policy(builds: .observe)
      $0.events = []
      $0.ending = .signalled(number: 11)
      $0.after = [:]
    },
    Row("a log with records that nobody can read", .inconclusive, [.witnessMissing]) { $0.unreadable = 1 },
    Row("time ran out", .inconclusive, [.timedOut]) {
      $0.ending = .timedOut
      $0.after = [:]
    },
    Row("the run was ended from outside", .inconclusive, [.interrupted]) {
      $0.ending = .interrupted
      $0.after = [:]
    },
    Row("a derivation that is never substituted", .cold, [.substitutesDisallowed]) {
      $0.graph = DerivationGraph([
        $0.drv: Derivation(
          outputs: ["out": $0.qemu], system: "x86_64-linux", allowsSubstitutes: false)
      ])
      $0.ending = .notStarted
      $0.events = []
    },
    Row("an archive with another hash than was offered", .inconclusive, [.witnessesDisagree]) {
      let other = try Make.narinfo($0.glib, narSize: 121, content: "1", signedBy: [$0.key])
      $0.after[$0.glib] = Registration(
        narHash: other.narHash, narSize: other.narSize, isUltimate: false, signatures: other.signatures,
        contentAddress: nil, references: [])
    },
    Row("two caches hold different builds, and one of them was copied", .warm, []) {
      let other = try Make.narinfo($0.glib, narSize: 121, content: "1", signedBy: [$0.key])
      let verified = try #require(
        VerifiedNarinfo(other, trusting: TrustedKeys([try $0.key.trusted()])))
      $0.survey.caches.append(.init(url: $0.other, state: .open(priority: 50)))
      $0.survey.answers[$0.glib]?.append(.init(cache: $0.other, kind: .offered(verified, nar: .notAsked)))
    },
    Row("evaluation copied the output before it was looked for", .warm, []) {
      $0.before[$0.qemu] = try $0.present($0.qemu, since: .evaluation(row: 1))
      $0.evaluationLines = 2
    },
    Row("evaluation built something", .cold, [.forbiddenBuild]) {
      $0.events.insert(.buildStarted(derivation: try Make.path("generated.nix.drv")), at: 0)
      $0.evaluationLines = 1
    },
    Row(
      "a token that the server lets push, whatever it claims", .inconclusive,
      [.writeTokenPresent, .witnessesDisagree]
    ) {
      $0.means = [
        MeansOfWriting(
          .atticToken, at: "x", .readOnly("main: r"),
          probes: [.init(cache: "https://a/main", claimsPush: false, answer: .mayPush)])
      ]
    },
    Row("a token that says nothing of itself, and that the server refuses", .warm, []) {
      $0.means = [
        MeansOfWriting(
          .atticToken, at: "x", .unknown("opaque"),
          probes: [.init(cache: "https://a/main", claimsPush: nil, answer: .mayNotPush(status: 403))])
      ]
    },
    Row(
      "a token that says nothing of itself, and a server that does not answer", .inconclusive,
      [.writeTokenPresent]
    ) {
      $0.means = [
        MeansOfWriting(
          .atticToken, at: "x", .unknown("opaque"),
          probes: [.init(cache: "https://a/main", claimsPush: nil, answer: .unanswered("no"))])
      ]
    },
    Row(
      "a token that claims to push, and that the server refuses", .inconclusive,
      [.writeTokenPresent, .witnessesDisagree]
    ) {
      $0.means = [
        MeansOfWriting(
          .atticToken, at: "x", .writes("main: r,w"),
          probes: [.init(cache: "https://a/main", claimsPush: true, answer: .mayNotPush(status: 403))])
      ]
    },
  ])
  func `rules on what the witnesses say`(row: Row) throws {
    var scene = try Scene()
    try row.change(&scene)
    let judgment = try scene.judged()
    #expect(judgment.targets.map(\.ruling.verdict) == [row.verdict])
    #expect(judgment.targets.flatMap(\.ruling.reasons).map(\.code) == row.codes)
    #expect(judgment.verdict == row.verdict)
  }

  @Test func `never calls a run without targets warm`() throws {
    var scene = try Scene()
    scene.targets = []
    #expect(try scene.judged().verdict == .inconclusive)
  }

  @Test func `never calls a run warm in which nothing was copied`() throws {
    var scene = try Scene()
    scene.policy.allowBuild = [DerivationGlob("*")]
    scene.survey.answers[scene.qemu] = [.init(cache: scene.cache, kind: .absent)]
    scene.survey.answers[scene.glib] = [.init(cache: scene.cache, kind: .absent)]
    scene.events = [.buildStarted(derivation: scene.glibDrv), .buildStarted(derivation: scene.drv)]
    for path in [scene.qemu, scene.glib] {
      scene.after[path] = try scene.registration(of: path, isUltimate: true, isSigned: false)
    }
    let judgment = try scene.judged()
    #expect(judgment.verdict == .inconclusive)
    #expect(judgment.targets.flatMap(\.ruling.reasons).map(\.code) == [.nothingTransferred])
  }

  @Test func `judges a target that may be built by what its build needed`() throws {
    var scene = try Scene()
    scene.policy.allowBuild = [DerivationGlob("qemu-host-*")]
    scene.survey.answers[scene.qemu] = [.init(cache: scene.cache, kind: .absent)]
    scene.events = [
      .copyStarted(path: scene.glib, from: "http://cache.example/main"),
      .buildStarted(derivation: scene.drv),
    ]
    scene.after[scene.qemu] = try scene.registration(of: scene.qemu, isUltimate: true, isSigned: false)
    let judgment = try scene.judged()
    #expect(judgment.verdict == .warm)
    #expect(judgment.targets[0].outputs.map(\.outcome) == [.builtLocally])

    scene.sandbox = .works
    #expect(try scene.judged().verdict == .warm)
    scene.sandbox = .missing(cause: "no namespaces")
    #expect(try scene.judged().targets.flatMap(\.ruling.reasons).map(\.code) == [.sandboxUnavailable])
    // Where nothing is built, nothing needs a sandbox.
    scene.policy.builds = .forbid
    #expect(try scene.judged().verdict == .warm)

    scene.policy.builds = .stop
    scene.sandbox = .notTried
    scene.policy.forbidBuild = [DerivationGlob("qemu-*")]
    #expect(try scene.judged().verdict == .cold)
  }

  /// A scene in which `qemu` is built, from a source beside `glib`.
  private func building(from source: StorePath) throws -> Scene {
    var scene = try Scene()
    scene.policy.allowBuild = [DerivationGlob("qemu-host-*")]
    scene.survey.answers[scene.qemu] = [.init(cache: scene.cache, kind: .absent)]
    scene.graph = DerivationGraph([
      scene.drv: Derivation(
        outputs: ["out": scene.qemu], inputDerivations: [scene.glibDrv: ["out"]], inputSources: [source],
        system: "x86_64-linux"),
      scene.glibDrv: Derivation(outputs: ["out": scene.glib], system: "x86_64-linux"),
    ])
    scene.events = [
      .copyStarted(path: scene.glib, from: "http://cache.example/main"),
      .buildStarted(derivation: scene.drv),
    ]
    scene.after[scene.qemu] = try scene.registration(of: scene.qemu, isUltimate: true, isSigned: false)
    return scene
  }

  @Test func `takes a source that is somebody's build for a root`() throws {
    let tool = try Make.path("prebuilt-1.0")
    var scene = try building(from: tool)
    #expect(try scene.judged().targets.flatMap(\.ruling.reasons).map(\.code) == [.witnessMissing])

    scene.before[tool] = try scene.present(tool)
    scene.survey.answers[tool] = [.init(cache: scene.cache, kind: .absent)]
    #expect(
      try scene.judged().targets.flatMap(\.ruling.reasons).map(\.code) == [.notInSubstituter, .presentBefore])

    scene.before[tool] = try scene.present(tool, since: .evaluation(row: 1))
    scene.survey.answers[tool] = [
      .init(cache: scene.cache, kind: try scene.offer(of: tool, nar: .present(size: 60)))
    ]
    scene.after[tool] = try scene.registration(of: tool)
    #expect(try scene.judged().targets.flatMap(\.ruling.reasons).map(\.code) == [.witnessesDisagree])

    scene.events.insert(.copyStarted(path: tool, from: "http://cache.example/main"), at: 0)
    scene.evaluationLines = 1
    #expect(try scene.judged().verdict == .warm)
  }

  @Test func `lists a source whose path follows from what it holds`() throws {
    // As Nix 2.8 registers `builtins.toFile "builder.sh" "true"`.
    let text = try StorePath(parsing: "/nix/store/0nqf5i7pp7xy9889icswq9chdlaq8fys-builder.sh")
    var scene = try building(from: text)
    let narinfo = try Make.narinfo(text)
    scene.before[text] = Presence(
      .init(
        Registration(
          narHash: narinfo.narHash, narSize: 120, isUltimate: false, signatures: [],
          contentAddress: ContentAddress("text:sha256:0az1cx4b8i9sqimrdbchvl63razbb2pdq95zy44pqgv2dhds9gmm"),
          references: []), .before(row: 1)),
      isOnDisk: true)
    let judgment = try scene.judged()
    #expect(judgment.verdict == .warm)
    #expect(judgment.targets[0].found == [FoundPath(text, .inputSource)])

    scene.policy.needsFreshStore = true
    #expect(try scene.judged().targets.flatMap(\.ruling.reasons).map(\.code) == [.presentBefore])
  }

  @Test func `gives every target its own ruling where Nix goes on`() throws {
    var scene = try Scene()
    let bad = try Make.path("libguestfs-1.54.1")
    scene.targets.append(Target(installable: .path(bad), resolution: .path(bad)))
    scene.survey.answers[bad] = [.init(cache: scene.cache, kind: .absent)]
    scene.before[bad] = .absent
    scene.ending = .exited(code: 1)
    scene.policy.builds = .forbid
    let judgment = try scene.judged()
    #expect(judgment.targets.map(\.ruling.verdict) == [.warm, .cold])
    #expect(judgment.verdict == .cold)
  }

  @Test func `counts the closure by outcome`() throws {
    let closure = try Scene().judged().closure
    #expect(closure.paths == 2)
    #expect(closure.substituted == 2)
    #expect(closure.downloadBytes == 120)
    #expect(closure.builtLocally + closure.builtRemotely + closure.presentBefore == 0)
  }

  @Test func `adds up sizes that no archive can have`() throws {
    var scene = try Scene()
    let text = try Make.narinfoText(scene.glib, signedBy: [scene.key])
      .replacing("FileSize: 60", with: "FileSize: \(UInt64.max)")
    let huge = VerifiedNarinfo(
      try Narinfo(parsing: text, for: scene.glib), trusting: TrustedKeys([try scene.key.trusted()]))
    scene.survey.answers[scene.glib] = [
      .init(cache: scene.cache, kind: .offered(try #require(huge), nar: .notAsked))
    ]
    #expect(try scene.judged().closure.downloadBytes == .max)
  }

  @Test func `says where each output came from and who signed it`() throws {
    let output = try #require(try Scene().judged().targets.first?.outputs.first)
    #expect(output.outcome == .substituted(from: "http://cache.example/main"))
    #expect(output.signedBy == ["lab-1"])
    #expect(output.narSize == 120)
  }
}
