import NixModel

/// The searchable facts of an entry: a pure function of the entry.
package struct EntryFacts: Sendable {
  package private(set) var rows: [Fact] = []
  /// The words by which each record that has the entry is found.
  package private(set) var marks: Set<Mark> = []
  private var seen: Set<String> = []

  /// - Throws: where a member that the kind requires is missing or malformed.
  package init(_ entry: Entry) throws {
    let items = try entry.items.map { json throws(JSON.Flaw) in try Item(json) }
    switch entry.kind {
    case .proof: try add(runner: items)
    case .asked: try add(asked: items)
    case .occasion: try add(occasion: items)
    case .shard: for item in items { mark(.sweep, try item.text("sweep")) }
    case .environment:
      for item in items {
        add(.environment, [.text(try item.text("nix")), .text(try item.text("system"))])
      }
    case .targets: try add(targets: items)
    case .presence, .offers: for item in items { see(try item.text(ifAny: "path")) }
    case .outcomes: try add(outcomes: items)
    case .verdicts: try add(verdicts: items)
    case .log:
      for item in items {
        add(.realization, [.number(ifAny: try item.number(ifAny: "milliseconds") as Int?)])
      }
    case .conclusion: try add(conclusion: items)
    case .publication:
      try add(runner: items)
      try add(publication: items)
    case .published: try add(published: items)
    case .paths: try add(paths: items)
    case .faults:
      for (position, item) in items.enumerated() {
        add(.publication_fault, [.number(Int64(position)), .word(try item.text("code"))])
      }
    case .build: try add(build: items)
    case .baseline, .caches, .events, .derivations, .registrations, .steps, .closed: break
    }
  }

  private mutating func add(_ table: FactTable, _ cells: [Cell]) { rows.append(Fact(table, cells)) }

  private mutating func mark(_ kind: Mark.Kind, _ word: String?) {
    if let word { marks.insert(Mark(kind: kind, word: word)) }
  }

  /// Adds a sighting of a path, once for the entry.
  private mutating func see(_ path: String?) {
    if let path, seen.insert(path).inserted { add(.sighting, [.text(path)]) }
  }

  private mutating func add(runner items: [Item]) throws {
    for item in items {
      let (host, pod) = (try item.text("host"), try item.text(ifAny: "pod"))
      add(.runner, [.word(try item.text("started")), .text(host), .text(ifAny: pod)])
      mark(.runner, host)
      mark(.runner, pod)
    }
  }

  private mutating func add(asked items: [Item]) throws {
    for (position, item) in items.dropFirst().enumerated() {
      let (name, attribute) = (try item.text("installable"), try item.text(ifAny: "attribute"))
      add(.asked, [.number(Int64(position)), .text(name), .text(ifAny: attribute), .text(try item.spec())])
      mark(.target, name)
      mark(.target, attribute)
    }
  }

  private mutating func add(occasion items: [Item]) throws {
    for item in items {
      let names = ["repository", "ref", "branch", "revision", "pipeline", "page"]
      let texts = try names.map { try item.text(ifAny: $0) }
      add(.occasion, texts.map { .text(ifAny: $0) })
      for text in texts[1...3] { mark(.ref, text) }
    }
  }

  private mutating func add(targets items: [Item]) throws {
    var outputs: Set<String> = []
    for (position, item) in items.enumerated() where item["error"] == nil {
      let (name, attribute) = (try item.text("installable"), try item.text(ifAny: "attribute"))
      add(
        .target,
        [
          .number(Int64(position)), .text(name), .text(ifAny: attribute), .text(try item.spec()),
          .text(ifAny: try item.text(ifAny: "system")),
        ])
      // It may have come out of a set of attributes, which was asked for.
      mark(.target, name)
      mark(.target, attribute)
      for output in try item.items("outputs") { outputs.insert(try output.text("path")) }
    }
    for path in outputs.sorted() {
      see(path)
      mark(.output, path)
    }
  }

  private mutating func add(outcomes items: [Item]) throws {
    for item in items {
      let (path, outcome) = (try item.text("path"), try item.text("outcome"))
      let origin = try item.text(ifAny: "origin")
      add(.path_outcome, [.text(path), .word(outcome), .text(ifAny: origin)])
      see(path)
      if outcome == "substituted" { mark(.from, origin) }
    }
  }

  private mutating func add(verdicts items: [Item]) throws {
    var outputs: Set<String> = []
    for (position, item) in items.enumerated() {
      let (name, verdict) = (try item.text("installable"), try item.text("verdict"))
      let judged = try item.outputJudgments()
      let codes = try item.items("reasons").map { try $0.text("code") }
      let origins = Set(judged.compactMap(\.outcome.origin)).sorted()
      let sizes = judged.compactMap(\.narSize)
      add(
        .judged,
        [
          .number(Int64(position)), .text(name), .word(verdict),
          .text(ifAny: try item.text(ifAny: "derivation")),
          origins.isEmpty ? .null : .text(origins.joined(separator: " ")),
          sizes.isEmpty
            ? .null : .number(Int64(clamping: sizes.reduce(into: UInt64(0)) { $0.add(saturating: $1) })),
          codes.isEmpty ? .null : .text(Set(codes).sorted().joined(separator: " ")),
          .number(Self.isReached(codes) ? 1 : 0),
        ])
      if verdict == Verdict.warm.rawValue { mark(.warm, name) }
      for code in codes { mark(.reason, code) }
      try add(reasons: item.items("reasons"), of: position)
      for (index, output) in judged.enumerated() {
        add(
          .output,
          [
            .number(Int64(position)), .number(Int64(index)), .word(output.name),
            .text(output.path.description),
            .word(output.outcome.word), .text(ifAny: output.outcome.origin), .number(ifAny: output.narSize),
          ])
        outputs.insert(output.path.description)
        if case .substituted(let origin) = output.outcome { mark(.from, origin) }
      }
    }
    for path in outputs.sorted() { see(path) }
  }

  private mutating func add(reasons items: [Item], of target: Int) throws {
    for (position, item) in items.enumerated() {
      add(
        .ground,
        [
          .number(Int64(target)), .number(Int64(position)), .word(try item.text("code")),
          .word(try item.text("bearing")), .text(ifAny: try item.text(ifAny: "path")),
        ])
    }
  }

  /// Whether the run came to judge the target that has these reasons (``TargetJudgment/isReached``).
  private static func isReached(_ codes: [String]) -> Bool {
    let ending = Set(ReasonCode.endingEarly.map(\.rawValue))
    return !codes.contains(where: ending.contains)
      || codes.contains { !ending.contains($0) && $0 != ReasonCode.witnessMissing.rawValue }
  }

  private mutating func add(conclusion items: [Item]) throws {
    for item in items {
      let verdict = try item.text("verdict")
      let counts = try [
        "paths", "substituted", "builtLocally", "builtRemotely", "presentBefore", "downloadBytes",
      ]
      .map { Cell.number(try item.number($0)) }
      add(.concluded, [.word(try item.text("finished")), .word(verdict)] + counts)
      mark(.verdict, verdict)
    }
  }

  private mutating func add(publication items: [Item]) throws {
    for item in items {
      let cgroup = try item.item(ifAny: "cgroup")
      add(
        .publication,
        [
          .word(ifAny: try item.text(ifAny: "finished")), .word(try item.text("state")),
          .number(try item.number("exitCode")), .text(try item.text("program")), .text(try item.text("nix")),
          .text(try item.text("system")), .word(ifAny: try item.text(ifAny: "kind")),
          .text(ifAny: try item.text(ifAny: "cache")), .text(ifAny: try item.text(ifAny: "server")),
          .text(ifAny: try item.text(ifAny: "readSide")),
          .number(ifAny: try cgroup?.number(ifAny: "memoryPeak") as Int64?),
          .number(ifAny: try cgroup?.number(ifAny: "oomKills") as Int64?),
        ])
    }
  }

  private mutating func add(build items: [Item]) throws {
    try add(runner: items)
    for item in items {
      for target in try item.texts("targets") { mark(target: target) }
      let about = try item.item(ifAny: "occasion")
      for name in ["ref", "branch", "revision"] { mark(.ref, try about?.text(ifAny: name)) }
    }
  }

  /// A target that was published or built is found by its attribute alone, too.
  private mutating func mark(target name: String) {
    mark(.target, name)
    mark(.target, name.split(separator: "#", maxSplits: 1).dropFirst().first.map(String.init))
  }

  private mutating func add(published items: [Item]) throws {
    var outputs: Set<String> = []
    for (position, item) in items.enumerated() {
      let name = try item.text("installable")
      add(.published_target, [.number(Int64(position)), .text(name)])
      mark(target: name)
      for output in try item.items("outputs") { outputs.insert(try output.text("path")) }
    }
    for path in outputs.sorted() { see(path) }
  }

  private mutating func add(paths items: [Item]) throws {
    for item in items {
      let path = try item.text("path")
      add(
        .published_path,
        [
          .text(path), .word(try item.text("role")), .word(try item.text("outcome")),
          .word(try item.text("published")),
          try item.flag(ifAny: "served").map { .number($0 ? 1 : 0) } ?? .null,
          .number(ifAny: try item.number(ifAny: "narSize") as Int64?),
        ])
      see(path)
    }
  }
}
