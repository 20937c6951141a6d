import EvidenceStore
import Foundation
import NixModel
import TestSupport
import Testing

/// The store's answers to an operator, from runs that scenes make.
@Suite struct `An operator's question` {
  private static let noon = 1_777_809_600.0
  private let drawer = Box()
  private let store: EvidenceStore
  private let target = "nixpkgs#qemu_kvm"

  /// A drawer that a suite can hold.
  private final class Box { let drawer = Drawer() }

  init() throws { store = try EvidenceStore(creatingAt: drawer.drawer.path) }

  /// Records a run about the scene's targets; `nil` for a run that is cut off.
  private func record(
    _ id: String, _ hours: Double, _ scene: Scene?, ref: String = "main", runner: String = "runner-1"
  ) throws {
    let targets = try (scene ?? Scene()).targets
    let begun = RunStart(
      id: RunID(id), started: Date(timeIntervalSince1970: Self.noon + hours * 3600), version: "0",
      runner: Runner(host: runner, pod: nil, processID: 1, processStart: 1, bootID: "b"),
      installables: targets.map(\.installable), policy: scene?.policy ?? Policy(),
      occasion: Occasion(branch: ref))
    if let scene { try store.record(begun, scene) } else { try store.begin(begun) }
  }

  private func warm(taking milliseconds: Int? = nil) throws -> Scene {
    var scene = try Scene()
    scene.timeTaken = milliseconds.map {
      TimeTaken(milliseconds: 2 * $0, copying: ["http://cache.example/main": $0])
    }
    return scene
  }

  /// The archive of a reference of qemu has vanished.
  private func cold() throws -> Scene {
    var scene = try Scene()
    scene.survey.answers[scene.glib] = [
      .init(cache: scene.cache, kind: try scene.offer(of: scene.glib, nar: .missing(status: 404)))
    ]
    scene.ending = .notStarted
    scene.events = []
    return scene
  }

  private func unreachable() throws -> Scene {
    var scene = try Scene()
    scene.survey = Survey(
      caches: [.init(url: scene.cache, state: .unreachable("refused"))],
      answers: [scene.qemu: [], scene.glib: []])
    scene.ending = .notStarted
    scene.events = []
    return scene
  }

  private func words(_ page: Page<TargetHistoryLine>) -> [String] {
    page.items.map { line in
      let change =
        switch line.change {
        case .unknown: "?"
        case .first: "first"
        case .since(let run, let changes): "\(run): \(changes.count)"
        }
      return "\(line.record.run) \(line.record.judgment?.ruling.verdict.rawValue ?? "-") \(change)"
    }
  }

  @Test func `of a target's history is answered run by run`() throws {
    try record("r-1", 1, warm(taking: 800))
    try record("r-2", 2, warm(), ref: "speed")
    try record("r-3", 3, nil)
    try record("r-4", 4, cold())
    try record("r-5", 5, cold())
    let page = try store.history(of: target, limit: 50)
    #expect(
      words(page) == ["r-5 cold r-4: 0", "r-4 cold r-2: 1", "r-3 - ?", "r-2 warm r-1: 0", "r-1 warm first"])
    #expect(page.last == nil)
    // The attribute alone means the same target, and another name means none.
    #expect(words(try store.history(of: "qemu_kvm", limit: 50)) == words(page))
    #expect(try store.history(of: "qemu", limit: 50).items.isEmpty)
    let first = try #require(page.items.last?.record)
    #expect(first.judgment?.origins == ["http://cache.example/main"])
    #expect(first.judgment?.narBytes == 120)
    #expect(first.figures?.milliseconds == 12_500)
    #expect(
      first.figures?.timeTaken == TimeTaken(milliseconds: 1600, copying: ["http://cache.example/main": 800]))
    #expect(page.items[0].record.figures?.timeTaken == nil)
  }

  @Test func `of a target's history compares with the run before, even where that is on the next page`()
    throws
  {
    for (number, scene) in [try warm(), try cold(), nil, nil, try cold(), try warm()].enumerated() {
      try record("r-\(number + 1)", Double(number + 1), scene, ref: number == 1 ? "speed" : "main")
    }
    let page = try store.history(of: target, limit: 2)
    #expect(words(page) == ["r-6 warm r-5: 1", "r-5 cold r-2: 0"])
    #expect(page.last == ListPlace(run: RunID("r-5")))
    let rest = try store.history(of: target, matching: RunFilter(behind: page.last), limit: 4)
    #expect(words(rest) == ["r-4 - ?", "r-3 - ?", "r-2 cold r-1: 1", "r-1 warm first"])
    #expect(rest.last == nil)
    // Runs about another source do not count. A run from before `since` still is the run before.
    let filter = RunFilter(refs: ["main"], since: Date(timeIntervalSince1970: Self.noon + 5 * 3600))
    #expect(
      words(try store.history(of: target, matching: filter, limit: 9)) == [
        "r-6 warm r-5: 1", "r-5 cold r-1: 1",
      ])
  }

  @Test func `of caches is answered from all concluded runs`() throws {
    try record("r-1", 1, warm(taking: 800))
    try record("r-2", 2, warm(taking: 200))
    try record("r-3", 3, warm(), ref: "speed")
    try record("r-4", 4, cold())
    try record("r-5", 5, unreachable())
    try record("r-6", 6, nil)
    let sums = try store.caches()
    #expect(sums.paths == 6 && sums.bytes == 720)
    let cache = try #require(sums.caches.first)
    #expect(cache.cache == "http://cache.example/main")
    #expect((cache.runs, cache.paths, cache.bytes, cache.downloadBytes) == (5, 6, 720, 360))
    #expect((cache.asked, cache.offered) == (8, 8))
    #expect(cache.latest == Date(timeIntervalSince1970: Self.noon + 5 * 3600))
    var failures = CacheRecord.Failures()
    failures.unreachable = 1
    failures.missing = 1
    failures.runs = 2
    #expect(cache.failures == failures)
    // Two runs copied two paths of 60 bytes each. The run without a time is left out.
    #expect(cache.timed == .init(downloadBytes: 240, milliseconds: 1000))
    #expect(cache.timed?.bytesPerSecond == 240)

    func runs(_ filter: RunFilter) throws -> Int {
      try store.caches(matching: filter).caches.first?.runs ?? 0
    }
    #expect(try runs(RunFilter(refs: ["speed"])) == 1)
    #expect(try runs(RunFilter(verdicts: [.warm])) == 3)
    #expect(try runs(RunFilter(since: Date(timeIntervalSince1970: Self.noon + 4 * 3600))) == 2)
    #expect(try runs(RunFilter(until: Date(timeIntervalSince1970: Self.noon + 4 * 3600))) == 3)
    #expect(try runs(RunFilter(targets: ["qemu_kvm"], runners: ["runner-1"])) == 5)
    #expect(try runs(RunFilter(paths: [.path(try Scene().qemu)])) == 5)
    #expect(try runs(RunFilter(runners: ["elsewhere"])) == 0)
    let other = try SubstituterURL(parsing: "http://other.example")
    #expect(try store.caches(matching: RunFilter(origins: [other])).caches.isEmpty)
    #expect(try store.caches(matching: RunFilter(origins: [other])).paths == 6)
  }

  @Test func `of caches counts every kind of failure`() throws {
    var scene = try Scene()
    let names = ["a", "b", "c", "d", "e", "f"].map { "\($0)-1" }
    let kinds: [Survey.Answer.Kind] = [
      .failed(.unreachable("timed out")), .failed(.status(500)), .refused(status: 403),
      .invalid(NarinfoError(line: 1, flaw: .malformedLine("x"))),
      .untrusted(try Make.narinfo(try Make.path("e-1"))), .absent,
    ]
    for (name, kind) in zip(names, kinds) {
      scene.survey.answers[try Make.path(name)] = [.init(cache: scene.other, kind: kind)]
    }
    scene.survey.answers[try Make.path("g-1")] = [
      .init(cache: scene.other, kind: try scene.offer(of: Make.path("g-1"), nar: .refused(status: 401)))
    ]
    scene.survey.caches.append(.init(url: scene.other, state: .failing(status: 502)))
    let corrupt = Complaint(subject: .narCorrupt(path: scene.glib), text: "hash mismatch")
    scene.events = [
      .copyStarted(path: scene.glib, from: "http://cache.example/main"), .complaint(corrupt),
    ]
    scene.after = [:]
    scene.ending = .exited(code: 1)
    try record("r-1", 1, scene)
    let sums = try store.caches()
    var failures = CacheRecord.Failures()
    failures.unreachable = 1
    failures.error = 2
    failures.refused = 2
    failures.invalid = 1
    failures.untrusted = 1
    failures.runs = 1
    #expect(sums.caches.first { $0.cache == "http://other.example" }?.failures == failures)
    #expect(sums.caches.first { $0.cache == "http://cache.example/main" }?.failures.corrupt == 1)
    #expect(try faults(of: store).isEmpty)
  }

  private func regressions(_ filter: RunFilter = RunFilter()) throws -> [String] {
    try store.regressions(matching: filter).map {
      "\($0.installable) \($0.judgment.ruling.verdict) now \($0.now.run) first \($0.first.run) warm \($0.lastWarm.run)"
    }
  }

  @Test func `of regressions is answered from the latest verdicts`() throws {
    #expect(try regressions().isEmpty)
    try record("r-1", 1, cold())
    // A target that was never warm has not ceased to be warm.
    #expect(try regressions().isEmpty)
    try record("r-2", 2, warm())
    #expect(try regressions().isEmpty)
    try record("r-3", 3, cold())
    try record("r-4", 4, unreachable())
    // A run that was cut off changes nothing.
    try record("r-5", 5, nil)
    #expect(try regressions() == ["\(target) inconclusive now r-4 first r-3 warm r-2"])
    try record("r-6", 6, warm())
    #expect(try regressions().isEmpty)
  }

  /// A target that a run did not come to has not ceased to be warm.
  @Test func `of regressions passes over targets that a run did not reach`() throws {
    try record("r-1", 1, warm())
    let endings: [NixEnding] = [.stopped(at: try Make.path("other.drv")), .interrupted, .timedOut]
    for (number, ending) in endings.enumerated() {
      var scene = try Scene()
      scene.ending = ending
      scene.events = []
      scene.after = [:]
      try record("r-2\(number)", 2 + Double(number) / 10, scene)
      let judgment = try store.run(RunID("r-2\(number)"))?.conclusion?.judgment
      #expect(judgment?.verdict == .inconclusive && judgment?.targets.first?.isReached == false, "\(ending)")
    }
    #expect(try regressions().isEmpty)
    try record("r-3", 3, unreachable())
    #expect(try regressions() == ["\(target) inconclusive now r-3 first r-3 warm r-1"])
    // Such a run does not hide an earlier regression either.
    var scene = try Scene()
    scene.ending = .interrupted
    scene.events = []
    scene.after = [:]
    try record("r-4", 4, scene)
    #expect(try regressions() == ["\(target) inconclusive now r-3 first r-3 warm r-1"])
  }

  @Test func `of regressions counts the runs that it is asked for`() throws {
    try record("r-1", 1, warm())
    try record("r-2", 2, cold(), ref: "speed", runner: "runner-2")
    try record("r-3", 3, warm())
    var other = try cold()
    other.targets = [
      Target(
        installable: .flake(reference: "nixpkgs", attribute: "glib", outputs: .selected),
        resolution: .derivation(
          other.glibDrv, system: "x86_64-linux", outputs: [.init(name: "out", path: other.glib)]))
    ]
    var before = try Scene()
    before.targets = other.targets
    try record("r-4", 4, before)
    try record("r-5", 5, other)
    let glib = "nixpkgs#glib cold now r-5 first r-5 warm r-4"
    #expect(try regressions() == [glib])
    let half = Date(timeIntervalSince1970: Self.noon + 2.5 * 3600)
    #expect(try regressions(RunFilter(until: half)) == ["\(target) cold now r-2 first r-2 warm r-1"])
    // The last warm run may be older than `since`, and a run on another runner does not count.
    #expect(try regressions(RunFilter(since: Date(timeIntervalSince1970: Self.noon + 4.5 * 3600))) == [glib])
    #expect(try regressions(RunFilter(runners: ["runner-2"])).isEmpty)
    #expect(try regressions(RunFilter(refs: ["speed"])).isEmpty)
    #expect(try regressions(RunFilter(refs: ["main"])) == [glib])
    // All other properties narrow the answer.
    #expect(try regressions(RunFilter(targets: ["glib"])) == [glib])
    #expect(try regressions(RunFilter(targets: ["qemu_kvm"])).isEmpty)
    #expect(try regressions(RunFilter(verdicts: [.cold], reasons: [.narMissing])) == [glib])
    #expect(try regressions(RunFilter(verdicts: [.inconclusive])).isEmpty)
    #expect(try regressions(RunFilter(reasons: [.timedOut])).isEmpty)
    #expect(try regressions(RunFilter(paths: [.path(try Scene().glib)])) == [glib])
    #expect(try regressions(RunFilter(paths: [.path(try Make.path("x-1"))])).isEmpty)
  }

  @Test func `gets the same answer from stores that were brought together`() throws {
    let other = try EvidenceStore(creatingAt: "\(drawer.drawer.directory)/central.sqlite")
    try record("r-1", 1, warm(taking: 800))
    try record("r-2", 2, cold())
    try record("r-3", 3, nil)
    _ = try other.merge(EvidenceStore(reading: store.path))
    #expect(try other.caches() == store.caches())
    #expect(try other.regressions() == store.regressions())
    #expect(words(try other.history(of: target, limit: 9)) == words(try store.history(of: target, limit: 9)))
    #expect(try other.runs(matching: RunFilter(refs: ["main"]), limit: 9).count == 3)
    #expect(try other.run(RunID("r-1"))?.start.occasion == Occasion(branch: "main"))
    #expect(try faults(of: other).isEmpty)
  }
}
