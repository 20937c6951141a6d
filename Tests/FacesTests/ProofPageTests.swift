import Foundation
import NixModel
import Reporting
import TestSupport
import Testing

@testable import Pages

/// A page is parsed by a program that is not ours, html5lib: whatever is wrong in it is an error there.
@Suite struct `A page` {
  static let started = Date(timeIntervalSince1970: 1_777_809_600)

  /// What html5lib finds in a page: the text, the identifiers, and the links.
  struct Found: Decodable {
    let text: String
    let ids: [String]
    let links: [String]
    let elements: [String: Int]
    let attributes: [String]
  }

  /// Parses pages strictly, and refuses one that repeats an identifier.
  static func parsed(_ pages: [HTML]) async throws -> [Found] {
    let script = """
      import json, sys, collections, html5lib
      answers = []
      for page in json.load(sys.stdin):
          root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
          found = dict(ids=[], links=[], elements=collections.Counter(), attributes=set())
          def text(node):
              if not isinstance(node.tag, str) or node.tag == 'style': return node.tail or ''
              found['elements'][node.tag.split('}')[-1]] += 1
              for name, value in node.attrib.items():
                  found['attributes'].add(name if isinstance(name, str) else '}'.join(name))
                  if name == 'id': found['ids'].append(value)
                  if name in ('href', 'src') : found['links'].append(value)
              return (node.text or '') + ''.join(text(child) for child in node) + (node.tail or '')
          answers.append(dict(found, text=text(root), attributes=sorted(found['attributes'])))
      json.dump(answers, sys.stdout)
      """
    return try await Reader.read(pages.map(\.text), by: script)
  }

  /// A run of a scene, of a minute.
  static func run(_ scene: Scene, state: Run.State? = nil) throws -> Run {
    let testimony = try scene.testimony()
    let judgment = try scene.judged()
    let start = RunStart(
      id: RunID("20260503T120000Z-4k7xbq"), started: started, version: "0.1.0",
      runner: Runner(host: "runner-7", pod: "pr-17-x", processID: 1, processStart: 1, bootID: "b"),
      installables: scene.targets.map(\.installable), policy: scene.policy)
    return Run(
      start: start, nixVersion: testimony.environment.nixVersion,
      meansOfWriting: testimony.environment.meansOfWriting,
      state: state
        ?? .finished(
          Conclusion(finished: started.addingTimeInterval(64), judgment: judgment, memoryPeak: 1 << 30)))
  }

  static func promise(_ scene: Scene) throws -> RunPromise {
    RunPromise(
      policy: scene.policy, environment: try scene.testimony().environment, signatures: ["collector-1"])
  }

  static func page(_ scene: Scene, state: Run.State? = nil) throws -> HTML {
    let (run, testimony) = (try run(scene, state: state), try scene.testimony())
    let judged = JudgedRun(run, testimony)
    let explained = ExplainedRun(
      run: run, explanation: explain(testimony, judged.judgment, under: scene.policy))
    return ProofPage(explained, testimony, promise: try promise(scene)).html
  }

  static func cold() throws -> Scene {
    var scene = try Scene()
    scene.survey.answers[scene.glib] = [.init(cache: scene.cache, kind: .absent)]
    scene.events = [
      .buildStarted(derivation: scene.glibDrv),
      .complaint(
        Complaint(subject: .buildFailed(derivation: scene.glibDrv), text: "builder for it failed\nlast line")),
      .buildStopped(derivation: scene.glibDrv),
    ]
    scene.ending = .stopped(at: scene.glibDrv)
    scene.timeTaken = TimeTaken(
      milliseconds: 2500, marks: [.init(line: 1, milliseconds: 40), .init(line: 3, milliseconds: 2400)])
    return scene
  }

  static func inconclusive() throws -> Scene {
    var scene = try Scene()
    scene.survey.caches += [.init(url: scene.other, state: .unreachable("connection refused"))]
    scene.before[scene.qemu] = try scene.present(scene.qemu)
    scene.ending = .notStarted
    scene.events = []
    return scene
  }

  static func warm() throws -> Scene {
    var scene = try Scene()
    scene.events = [
      .copyStarted(path: scene.glib, from: "http://cache.example/main"),
      .copyStopped(path: scene.glib, from: "http://cache.example/main"),
      .copyStarted(path: scene.qemu, from: "http://cache.example/main"),
      .copyStopped(path: scene.qemu, from: "http://cache.example/main"),
    ]
    scene.timeTaken = TimeTaken(
      milliseconds: 2000, copying: ["http://cache.example/main": 1800],
      marks: [
        .init(line: 1, milliseconds: 100), .init(line: 2, milliseconds: 900),
        .init(line: 4, milliseconds: 1900),
      ])
    return scene
  }

  @Test func `tells each verdict in words, with the evidence and no way out`() async throws {
    let pages = try [Self.page(Self.warm()), Self.page(Self.cold()), Self.page(Self.inconclusive())]
    let found = try await Self.parsed(pages)
    #expect(found[0].text.contains("1 target is warm. 2 paths needed: 2 substituted"))
    #expect(found[0].text.contains("Nothing speaks against it"))
    // The copy of qemu had to wait for that of glib, which the times tell.
    #expect(found[0].text.contains("Who waited for whom"))
    #expect(found[0].text.contains("800 ms"))
    #expect(found[1].text.contains("reference-missing"))
    #expect(found[1].text.contains("Nix began to build glib-2.84 (log line 1)"))
    #expect(found[1].links.contains("#L1"))
    #expect(found[1].ids.contains("L1") && found[1].ids.contains("L2"))
    #expect(found[2].text.contains("nothing in this run"))
    #expect(found[2].text.contains("was valid in the local store before the run"))
    for (page, verdict) in zip(found, ["warm", "cold", "inconclusive"]) {
      #expect(page.text.contains(verdict))
      #expect(page.elements["script"] == nil && page.elements["link"] == nil && page.elements["img"] == nil)
      #expect(Set(page.ids).count == page.ids.count)
      // Every link leads to a place in the page.
      #expect(page.links.allSatisfy { $0.hasPrefix("#") && page.ids.contains(String($0.dropFirst())) })
    }
  }

  @Test func `of a run without a conclusion says so`() async throws {
    let found = try await Self.parsed([
      Self.page(Self.inconclusive(), state: .interrupted), Self.page(Self.inconclusive(), state: .running),
    ])
    #expect(found[0].text.contains("cut off before it came to a conclusion"))
    #expect(found[1].text.contains("no conclusion yet"))
  }

  @Test func `of a publication shows its receipt, and of a build its phases and its cost`() async throws {
    let guest = try Make.path("libguestfs-1.54.1")
    let glib = try Make.path("glib-2.80")
    let code = try #require(PublicationFault.Code(rawValue: "not-served"))
    let publication = Publication(
      head: PublicationHead(
        id: RunID("20260503T120000Z-abc123"), started: Self.started,
        finished: Self.started.addingTimeInterval(192),
        state: .failed, exitCode: 1, program: "cache-warm.sh 1",
        publisher: Publisher(
          runner: Runner(host: "builder-1", pod: nil, processID: 1, processStart: 2, bootID: "b"),
          nix: "2.34.8",
          system: "x86_64-linux"), occasion: Occasion(repository: "nixos/tests", branch: "main"),
        destination: PublicationDestination(
          kind: .attic, cache: "main", server: try SubstituterURL(parsing: "https://attic.example"),
          readSide: try SubstituterURL(parsing: "https://attic.example/main"))),
      targets: [
        PublishedTarget(
          installable: "nixpkgs#libguestfs", outcome: .built, derivation: nil,
          outputs: [.init(name: "out", path: guest)], milliseconds: 42_500, failure: nil),
        PublishedTarget(
          installable: "nixpkgs#qemu", outcome: .failed, derivation: nil, outputs: [], milliseconds: nil,
          failure: .init(kind: .outOfMemory, message: "killed\nby <the kernel>")),
      ],
      paths: [
        PublishedPath(
          path: guest, role: .output, outcome: .built, published: .pushed, isServed: true, narSize: 208),
        PublishedPath(
          path: glib, role: .runtime, outcome: .substituted, published: .alreadyThere, isServed: false,
          narSize: 4096),
      ], faults: [PublicationFault(code: code, path: glib, isFatal: true, message: "no narinfo")], cgroup: nil
    )
    func at(_ seconds: Double, _ fact: BuildEvent.Fact) -> BuildEvent {
      BuildEvent(at: Self.started.addingTimeInterval(seconds), fact)
    }
    let build = try BuildRecord(
      start: BuildStart(
        id: RunID("20260503T120000Z-buildx"), started: Self.started, program: "warmth 0.1.0",
        runner: Runner(host: "laptop", pod: nil, processID: 1, processStart: 2, bootID: "b"), occasion: nil,
        order: BuildOrder(
          provider: "vultr", region: "fra", plan: "vhp-8c-16gb-amd", hourlyPrice: 134_000, deadline: 14_400,
          source: nil, targets: ["nixpkgs#libguestfs"], destination: "ssh-ng://up@storage.example"),
        expires: Self.started.addingTimeInterval(14_400),
        identity: BuilderIdentity(
          hostKey: "ssh-ed25519 AAAA", signingKey: nil, uploadKey: nil,
          bootstrap: String(repeating: "a", count: 64),
          hasPublicLogs: false)),
      events: [
        at(1, .asked), at(3, .created(server: "s-1")), at(40, .addressed("192.0.2.7")),
        at(70, .reached(.booted)),
        at(95, .reached(.building)), at(1900, .reached(.uploading)),
        at(
          2100,
          .ended(
            BuildEnd(exit: 0, reason: "built", message: "all is uploaded", outputs: [guest], isUploaded: true)
          )),
        at(2101, .deleting(.ended)), at(2130, .gone), at(2200, .proved(run: RunID("r-9"), .warm)),
      ])
    let found = try await Self.parsed([
      PublicationPage(publication).html, BuildPage(build, at: Self.started.addingTimeInterval(9000)).html,
    ])
    for words in [
      "not served", "The read side served 1 of the 2 paths", "out-of-memory", "by <the kernel>",
      "https://attic.example/main",
    ] { #expect(found[0].text.contains(words), "\(words)") }
    for words in ["it builds", "30 min 5 s", "$0.14", "$0.54", "192.0.2.7", "r-9", "Built and uploaded"] {
      #expect(found[1].text.contains(words), "\(words)")
    }
  }

  @Test func `has no room for markup of others, nor for their secrets`() async throws {
    let evil = #"</pre><script>alert(1)</script><img src=x onerror='x' "y">&amp; \u{1B}[31mred\u{202E}"#
      .replacing(#"\u{1B}"#, with: "\u{1B}").replacing(#"\u{202E}"#, with: "\u{202E}")
    var scene = try Self.cold()
    scene.events.append(.complaint(Complaint(subject: .error, text: "\(evil) https://me:hunter2@x.example")))
    scene.survey.caches += [.init(url: scene.other, state: .unusable(evil))]
    scene.targets.append(
      Target(
        installable: .flake(reference: evil, attribute: "a", outputs: .selected),
        resolution: .path(scene.glib)))
    let page = try Self.page(scene)
    #expect(!page.text.contains("<script"))
    #expect(
      !page.text.contains("hunter2") && !page.text.contains("\u{1B}") && !page.text.contains("\u{202E}"))
    let found = try await Self.parsed([page])[0]
    #expect(found.elements["script"] == nil && found.elements["img"] == nil)
    #expect(!found.attributes.contains { $0.hasPrefix("on") })
    #expect(found.text.contains("<script>alert(1)</script>"))
  }

  @Test(arguments: [(5000, true), (1000, false)])
  func `of five thousand paths is under two megabytes`(count: Int, isWarm: Bool) throws {
    let page = try Self.page(Self.large(count, isWarm: isWarm))
    // Without a warm run there are as many reasons as paths, of which a page names some.
    #expect(page.text.contains(isWarm ? "1 target is warm" : "wrong-substituter"))
    #expect(page.text.utf8.count < 2_000_000, "\(page.text.utf8.count) bytes")
    #expect(page.text.utf8.count > count * 100)
  }

  /// A chain of paths in three caches, of sizes as they are in nixpkgs: few are large, and most are small.
  static func large(_ count: Int, isWarm: Bool) throws -> Scene {
    var scene = try Scene()
    let foreign = try SubstituterURL(parsing: "https://team.example")
    let caches = isWarm ? [scene.cache, scene.other, scene.other] : [foreign, scene.other, foreign]
    scene.survey.caches = Set(caches).sorted { $0.canonical < $1.canonical }.enumerated().map {
      .init(url: $0.element, state: .open(priority: 30 + $0.offset))
    }
    let words = [
      "glib", "gtk", "linux-headers", "perl", "python3", "openssl", "icu4c", "systemd", "ocaml", "mesa",
    ]
    var paths: [StorePath] = []
    var events: [(Int, LogEvent.Kind)] = []
    var lines = SplitMix(seed: 7)
    for number in 0..<count {
      let path = try Make.path("\(words[number % words.count])-\(number / words.count).\(number % 7)")
      let before = paths.isEmpty ? [] : [paths[Int(lines.next() % UInt64(paths.count))]]
      let cache = caches[number % 10 == 0 ? 1 : number % 33 == 0 ? 2 : 0]
      let size = UInt64(1 << 12) << (lines.next() % (number % 40 == 0 ? 15 : 8))
      try scene.offer(path, from: cache, size: size, references: before)
      let start = number * 12
      let took = cache == caches[2] ? 900 : Int(lines.next() % 240) + (number % 97 == 0 ? 2400 : 20)
      events.append((start, .copyStarted(path: path, from: cache.canonical)))
      events.append((start + took, .copyStopped(path: path, from: cache.canonical)))
      paths.append(path)
    }
    let last = try #require(paths.last)
    let ordered = events.sorted { $0.0 < $1.0 }
    scene.events = ordered.map(\.1)
    let span = ordered.last?.0 ?? 0
    scene.timeTaken = TimeTaken(
      milliseconds: span + 400,
      copying: Dictionary(caches.map { ($0.canonical, span / 2) }) { first, _ in first },
      marks: stride(from: 0, to: ordered.count, by: max(1, ordered.count / 60)).map {
        .init(line: $0 + 1, milliseconds: ordered[$0].0)
      })
    scene.targets = [
      Target(
        installable: .flake(
          reference: "github:NixOS/nixpkgs/nixos-unstable", attribute: "libguestfs", outputs: .selected),
        resolution: .path(last))
    ]
    try scene.offer(last, from: caches[0], size: 90 << 20, references: paths)
    return scene
  }
}

extension Scene {
  /// A path that a cache offers and that was copied from it.
  fileprivate mutating func offer(
    _ path: StorePath, from cache: SubstituterURL, size: UInt64, references: [StorePath]
  ) throws {
    let narinfo = try Make.narinfo(path, references: references, narSize: size, signedBy: [key])
    let verified = try #require(VerifiedNarinfo(narinfo, trusting: TrustedKeys([try key.trusted()])))
    survey.answers[path] = [.init(cache: cache, kind: .offered(verified, nar: .present(size: size / 4)))]
    before[path] = .absent
    after[path] = Registration(
      narHash: narinfo.narHash, narSize: size, isUltimate: false, signatures: narinfo.signatures,
      contentAddress: nil,
      references: references)
  }
}
