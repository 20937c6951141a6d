import Evidence
import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

@Suite struct `A search for runs` {
  private static let noon = 1_777_809_600.0

  /// A day of runs: warm ones, a cold one, one of another target, and one that was cut off. The order of
  /// recording is not that of their start.
  private func day(_ drawer: borrowing Drawer) throws -> EvidenceStore {
    let store = try EvidenceStore(creatingAt: drawer.path)
    let (warm, cold) = (try variousScenes()[0], try variousScenes()[1])
    for (id, attribute, hours, scene) in [
      ("r-3", "qemu", 3, warm), ("r-1", "qemu", 1, warm), ("r-2", "qemu", 2, cold), ("r-4", "glib", 4, warm),
    ] as [(String, String, Double, Scene)] {
      try store.record(try start(id, attribute, at: Self.noon + hours * 3600), scene)
    }
    try store.begin(try start("r-5", "qemu", at: Self.noon + 5 * 3600))
    return store
  }

  private func found(_ filter: RunFilter, limit: Int = 50) throws -> [String] {
    let drawer = Drawer()
    _ = try day(drawer)
    return try EvidenceStore(reading: drawer.path).runs(matching: filter, limit: limit).map(\.start.id.text)
  }

  @Test func `gives the latest first, by when they started`() throws {
    #expect(try found(RunFilter()) == ["r-5", "r-4", "r-3", "r-2", "r-1"])
    #expect(try found(RunFilter(), limit: 2) == ["r-5", "r-4"])
  }

  @Test func `knows targets by both of their names`() throws {
    #expect(try found(RunFilter(targets: ["qemu^out,dev"])) == ["r-5", "r-3", "r-2", "r-1"])
    #expect(try found(RunFilter(targets: ["github:NixOS/nixpkgs#glib^out,dev"])) == ["r-4"])
    #expect(
      try found(RunFilter(targets: ["qemu^out,dev", "glib^out,dev"]), limit: 3) == ["r-5", "r-4", "r-3"])
    #expect(try found(RunFilter(targets: ["qemu"])).isEmpty)
  }

  @Test(arguments: ["", "hash", "qemu-host-cpu-only-10.0.2", "qemu-*", "qemu-host-cpu-only-10.0.[0-3]"])
  func `knows paths in full, by hash and by name`(text: String) throws {
    let qemu = try Scene().qemu
    let named = text.isEmpty ? qemu.description : text == "hash" ? String(qemu.hashPart) : text
    let pattern = try PathPattern(parsing: named)
    #expect(try found(RunFilter(paths: [pattern])) == ["r-4", "r-3", "r-2", "r-1"])
    #expect(try found(RunFilter(paths: [.name("qemu"), .name("gcc*")])).isEmpty)
  }

  @Test func `knows caches, verdicts and times`() throws {
    let cache = try SubstituterURL(parsing: "http://cache.example/main/")
    #expect(try found(RunFilter(origins: [cache])) == ["r-4", "r-3", "r-1"])
    #expect(try found(RunFilter(verdicts: [.warm])) == ["r-4", "r-3", "r-1"])
    #expect(try found(RunFilter(verdicts: [.cold])) == ["r-2"])
    // A run that was cut off is inconclusive.
    #expect(try found(RunFilter(verdicts: [.inconclusive])) == ["r-5"])
    #expect(try found(RunFilter(verdicts: [.inconclusive, .cold])) == ["r-5", "r-2"])
    let (two, four) = (
      Date(timeIntervalSince1970: Self.noon + 7200), Date(timeIntervalSince1970: Self.noon + 14400)
    )
    #expect(try found(RunFilter(since: two, until: four)) == ["r-3", "r-2"])
  }

  @Test func `knows what runs were about, where they ran, and their reasons`() throws {
    // The ref in full, the branch, and the revision, of which seven characters are enough.
    for ref in ["refs/pull/12/merge", "a3594b1e5c8f", "a3594b1", "a3594b1e5"] {
      #expect(try found(RunFilter(refs: [ref])) == ["r-5", "r-4", "r-3", "r-2", "r-1"], "\(ref)")
    }
    #expect(try found(RunFilter(refs: ["speed-glib"])) == ["r-4"])
    #expect(
      try found(RunFilter(refs: ["speed-qemu", "speed-glib"], until: Self.date(2.5))) == ["r-2", "r-1"])
    for ref in ["a3594b", "speed", "refs/pull/12", "b3594b1"] {
      #expect(try found(RunFilter(refs: [ref])).isEmpty, "\(ref)")
    }
    for runner in ["runner-1", "pod-a"] {
      #expect(try found(RunFilter(runners: [runner]), limit: 2) == ["r-5", "r-4"])
      #expect(try found(RunFilter(targets: ["glib^out,dev"], runners: [runner, "nowhere"])) == ["r-4"])
    }
    #expect(try found(RunFilter(runners: ["pod-"])).isEmpty)
    #expect(try found(RunFilter(runners: ["' OR 1 --"])).isEmpty)
    #expect(try found(RunFilter(targets: ["glib^out,dev"], runners: ["' OR 1 --"])).isEmpty)
    #expect(try found(RunFilter(reasons: [.referenceMissing, .substituterRefused])) == ["r-2"])
    #expect(try found(RunFilter(reasons: [.narCorrupt])).isEmpty)
    // A run that was cut off has recorded no reason of its own.
    #expect(try found(RunFilter(reasons: [.interrupted])) == ["r-5"])
  }

  private static func date(_ hours: Double) -> Date { Date(timeIntervalSince1970: noon + hours * 3600) }

  @Test(arguments: [1, 2, 3])
  func `goes on from page to page without losing or repeating anything`(limit: Int) throws {
    let drawer = Drawer()
    let store = try day(drawer)
    // Two that started in the same millisecond.
    for id in ["r-6", "r-7"] { try store.record(try start(id, at: Self.noon + 6 * 3600), try Scene()) }
    func pages<Item: Sendable>(_ list: (ListPlace?) throws -> [Item], _ place: (Item) -> ListPlace) throws
      -> [ListPlace]
    {
      var places: [ListPlace] = []
      while true {
        let page = Page(of: limit, from: try list(places.last), place: place)
        places += page.items.map(place)
        guard let last = page.last else { return places }
        #expect(last == places.last)
      }
    }
    let qemu = [PathPattern.path(try Scene().qemu)]
    let filters = [
      RunFilter(), RunFilter(targets: ["qemu^out,dev", "glib^out,dev"]), RunFilter(paths: qemu),
      RunFilter(verdicts: [.warm]), RunFilter(verdicts: [.inconclusive, .cold]),
      RunFilter(runners: ["pod-a"]),
    ]
    for var filter in filters {
      let allRuns = try store.runs(matching: filter, limit: 99).map { ListPlace(run: $0.start.id) }
      let allPaths = try store.paths(matching: filter, limit: 99).map {
        ListPlace(run: $0.run, path: $0.path)
      }
      #expect(
        try pages(
          {
            filter.behind = $0
            return try store.runs(matching: filter, limit: limit + 1)
          }, { ListPlace(run: $0.start.id) }) == allRuns)
      filter.behind = nil
      #expect(
        try pages(
          {
            filter.behind = $0
            return try store.paths(matching: filter, limit: limit + 1)
          }, { ListPlace(run: $0.run, path: $0.path) }) == allPaths)
    }
  }

  @Test func `finds a run's whole name`() throws {
    let drawer = Drawer()
    let store = try day(drawer)
    #expect(try store.name(of: RunID("r-5"))?.text == "r-5")
    #expect(try store.name(of: RunID("x")) == nil)
    #expect(throws: EvidenceError.self) { try store.name(of: RunID("r")) }
  }

  @Test func `narrows with every property`() throws {
    let cache = try SubstituterURL(parsing: "http://cache.example/main")
    let two = Date(timeIntervalSince1970: Self.noon + 7200)
    let all = RunFilter(
      targets: ["qemu^out,dev"], paths: [.path(try Scene().glib)], origins: [cache], verdicts: [.warm],
      since: two)
    #expect(try found(all) == ["r-3"])
    #expect(try found(RunFilter(targets: ["glib^out,dev"], verdicts: [.cold])).isEmpty)
    #expect(try found(RunFilter(targets: ["qemu^out,dev"], verdicts: [.inconclusive])) == ["r-5"])
  }

  @Test func `lists what became of paths`() throws {
    let drawer = Drawer()
    let store = try day(drawer)
    let (qemu, glib) = (try Scene().qemu, try Scene().glib)
    let cache = "http://cache.example/main"
    func list(_ filter: RunFilter, limit: Int = 50) throws -> [String] {
      try store.paths(matching: filter, limit: limit).map {
        "\($0.run) \($0.path.name) \($0.outcome?.word ?? "?") \($0.narSize ?? 0)"
      }
    }
    #expect(
      try list(RunFilter(paths: [.path(qemu)])) == [
        "r-4 \(qemu.name) substituted 120", "r-3 \(qemu.name) substituted 120",
        "r-2 \(qemu.name) not-realized 120", "r-1 \(qemu.name) substituted 120",
      ])
    let origin = RunFilter(origins: [try SubstituterURL(parsing: cache)])
    let copied = ["r-4", "r-3", "r-1"].flatMap { run in
      [qemu, glib].map { "\(run) \($0.name) substituted 120" }
    }
    #expect(try Set(list(origin)) == Set(copied))
    #expect(try list(origin, limit: 1).count == 1)
    #expect(try list(RunFilter(), limit: 3).map { $0.prefix(3) } == ["r-4", "r-4", "r-3"])
    #expect(
      try store.paths(matching: RunFilter(paths: [.path(qemu)]), limit: 1).first?.outcome?.origin == cache)
  }

  @Test(arguments: ["", "*qemu", "/nix/store/x", "/nix/store", "a/b"])
  func `refuses what names no path`(text: String) {
    #expect(throws: PathPatternError.self) { try PathPattern(parsing: text) }
  }
}

@Suite struct `A question to the store` {
  private func expectNoScans(
    _ store: EvidenceStore, _ name: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ ask: () throws -> Void
  ) throws {
    let plans = try store.plans(ask)
    #expect(!plans.isEmpty, sourceLocation: sourceLocation)
    for plan in plans where !plan.fullScans.isEmpty {
      let steps = plan.steps.map { "  \($0)" }.joined(separator: "\n")
      Issue.record(
        "\(name) reads a whole table:\n\(plan.statement)\n\(steps)", sourceLocation: sourceLocation)
    }
  }

  @Test func `that would read a whole table is told from one that does not`() throws {
    func scans(_ steps: String...) -> [String] { QueryPlan(statement: "", steps: steps).fullScans }
    #expect(scans("SCAN run", "SCAN conclusion", "SCAN mark USING COVERING INDEX x").count == 3)
    #expect(
      scans("SEARCH mark USING PRIMARY KEY (kind=?)", "SCAN record USING INDEX record_at", "SCAN c").isEmpty)
  }

  @Test func `is answered along indexes`() throws {
    let drawer = Drawer()
    let writer = try EvidenceStore(creatingAt: drawer.path)
    let scenes = try variousScenes()
    try writer.record { recorder in
      for number in 0..<60 {
        let begun = try start(
          "r-\(number)", number % 2 == 0 ? "qemu" : "glib", at: 1_777_809_600 + Double(number))
        let scene = scenes[number % 3]
        try recorder.begin(begun)
        guard number % 5 > 0 else { continue }
        try recorder.record(try depositions(scene), for: begun.id)
        try recorder.conclude(
          begun.id, Conclusion(finished: begun.started, judgment: try scene.judged(), memoryPeak: nil))
      }
    }
    let store = try EvidenceStore(reading: drawer.path)
    let cache = try SubstituterURL(parsing: "http://cache.example/main")
    let qemu = try Scene().qemu
    let single: [(String, RunFilter)] = [
      ("no filter", RunFilter()), ("--target", RunFilter(targets: ["qemu^out,dev", "glib^out,dev"])),
      ("--path", RunFilter(paths: [.path(qemu)])),
      ("--path HASH", RunFilter(paths: [.hash(String(qemu.hashPart))])),
      ("--path NAME", RunFilter(paths: [.name("qemu-*")])), ("--from", RunFilter(origins: [cache])),
      ("--verdict warm", RunFilter(verdicts: [.warm])),
      ("--verdict inconclusive", RunFilter(verdicts: [.inconclusive])),
      ("--reason", RunFilter(reasons: [.referenceMissing])),
      ("--reason interrupted", RunFilter(reasons: [.interrupted])),
      ("--runner", RunFilter(runners: ["runner-1", "pod-a"])),
      ("--ref", RunFilter(refs: ["speed-qemu"])), ("--ref REVISION", RunFilter(refs: ["a3594b1"])),
      ("--before", RunFilter(behind: ListPlace(run: RunID("r-40"), path: qemu))),
      ("--since", RunFilter(since: Date(timeIntervalSince1970: 1_777_809_600))),
      ("--until", RunFilter(until: Date(timeIntervalSince1970: 1_777_809_650))),
    ]
    var filters = single
    // Each filter with each other, because another condition may lead.
    for (index, (name, one)) in single.enumerated() {
      for (otherName, other) in single[(index + 1)...] {
        filters.append(
          (
            "\(name) \(otherName)",
            RunFilter(
              targets: one.targets + other.targets, paths: one.paths + other.paths,
              origins: one.origins + other.origins, verdicts: one.verdicts + other.verdicts,
              reasons: one.reasons + other.reasons, runners: one.runners + other.runners,
              refs: one.refs + other.refs, since: one.since ?? other.since, until: one.until ?? other.until,
              behind: one.behind ?? other.behind)
          ))
      }
    }
    for (name, filter) in filters {
      try expectNoScans(store, "audit runs \(name)") { _ = try store.runs(matching: filter, limit: 5) }
      try expectNoScans(store, "audit paths \(name)") { _ = try store.paths(matching: filter, limit: 5) }
      try expectNoScans(store, "audit history \(name)") {
        _ = try store.history(of: "qemu^out,dev", matching: filter, limit: 5)
      }
      try expectNoScans(store, "audit regressions \(name)") { _ = try store.regressions(matching: filter) }
      // A walk through all tallies is intended here.
      try expectNoScans(store, "audit caches \(name)") { _ = try store.caches(matching: filter) }
    }
    try expectNoScans(store, "gate") { _ = try store.latestRun(about: "qemu^out,dev") }
    try expectNoScans(store, "gate, as it asks") { try askAsGate(store) }
    try expectNoScans(store, "audit show") { _ = try store.run(RunID("r-7")) }
    try expectNoScans(store, "audit show, the latest") { _ = try store.latestRun() }
    try expectNoScans(store, "audit show, by a beginning") { _ = try store.run(RunID("r-59x")) }
    try expectNoScans(store, "explain") {
      _ = try store.testimony(of: RunID("r-8"))
      _ = try store.latestWarmRun(of: try start("x", "qemu").installables[0], before: RunID("r-8"))
    }
  }
}
