package import Foundation
package import NixModel

// The entries of a proof's beginning: its name and runner, the policy and installables, the occasion, and the
// shard.
extension RunStart {
  package func entries() throws -> [Entry] {
    let own = ProofHead(id: id, started: started, version: version, runner: runner).item
    let asked = try [policy.item] + installables.map { try $0.item }
    return [Entry.entries(.proof, [own]), Entry.entries(.asked, asked), occasion?.entries() ?? []]
      .flatMap(\.self) + (shard?.entries() ?? [])
  }
}

/// The first entry of a proof.
package struct ProofHead {
  package let id: RunID
  package let started: Date
  package let version: String
  package let runner: Runner

  package var item: JSON {
    .item { item in
      item.add("id", id.text)
      item.add("started", Instant.text(started))
      item.add("version", version)
      item.add(runner)
    }
  }
}

extension ProofHead {
  package init(_ item: Item) throws {
    self.init(
      id: RunID(try item.text("id")), started: try item.instant("started"), version: try item.text("version"),
      runner: try item.runner())
  }
}

extension ItemWriter {
  package mutating func add(_ runner: Runner) {
    add("host", runner.host)
    add("pod", runner.pod)
    add("process", runner.processID)
    add("processStart", Int64(bitPattern: runner.processStart))
    add("boot", runner.bootID)
  }
}

extension Item {
  package func runner() throws -> Runner {
    Runner(
      host: try text("host"), pod: try text(ifAny: "pod"), processID: try number("process"),
      processStart: UInt64(bitPattern: try number("processStart") as Int64), bootID: try text("boot"))
  }

  /// The installable's value as JSON text, by which it is found.
  package func spec() throws -> String { String(decoding: try json("spec").bytes, as: UTF8.self) }

  package func installable() throws -> Installable { try decoded("spec", Installable.self) }
}

extension Installable {
  /// The full name as it is recorded, without credentials.
  package var recordedName: String { Redaction.redact(description) }

  /// The other name that a target goes by (``isNamed(_:)``), where it has one.
  var attributeAlone: String? {
    attribute.flatMap { $0 == outputs.suffix ? nil : $0 }
  }

  /// Whether a run about it is found by this name.
  package func goes(by name: String) -> Bool { recordedName == name || redacted.attributeAlone == name }

  package var item: JSON {
    get throws {
      try .item { item in try item.add(self) }
    }
  }
}

extension JSON {
  package static func item(_ fill: (inout ItemWriter) throws -> Void) rethrows -> JSON {
    try ItemWriter.item(fill)
  }
}

extension ItemWriter {
  /// Adds an installable: its full name, its attribute alone, and its value.
  package mutating func add(_ installable: Installable) throws {
    add("installable", installable.recordedName)
    add("attribute", installable.redacted.attributeAlone)
    add("spec", try JSON(encoding: installable.redacted))
  }
}

extension Policy {
  package var item: JSON {
    .item { item in
      item.add("builds", builds.rawValue)
      item.add("allow", texts: allowBuild.map(\.pattern))
      item.add("forbid", texts: forbidBuild.map(\.pattern))
      item.add("from", texts: expectFrom.map(\.canonical))
      item.add("fresh", if: needsFreshStore)
      item.add("strict", if: strict)
      item.add("readOnly", texts: readOnly)
    }
  }

  package init(_ item: Item) throws {
    self.init(
      builds: try item.word("builds"), allowBuild: try item.texts("allow").map { DerivationGlob($0) },
      forbidBuild: try item.texts("forbid").map { DerivationGlob($0) },
      expectFrom: try item.texts("from").map { try SubstituterURL(parsing: $0) },
      needsFreshStore: try item.flag("fresh"), strict: try item.flag("strict"),
      readOnly: try item.texts("readOnly").map { try ReadOnlyAssertion(parsing: $0) })
  }
}

extension Occasion {
  package func entries() -> [Entry] {
    Entry.entries(.occasion, [.item { $0.add(self) }])
  }
}

extension ItemWriter {
  mutating func add(_ occasion: Occasion) {
    for (name, value) in [
      ("repository", occasion.repository), ("ref", occasion.ref), ("branch", occasion.branch),
      ("revision", occasion.revision), ("pipeline", occasion.pipeline), ("page", occasion.page),
    ] { add(name, value.map { Redaction.redact($0) }) }
  }
}

extension Item {
  /// - Returns: `nil` where it says nothing.
  func occasion() throws(JSON.Flaw) -> Occasion? {
    Occasion(
      repository: try text(ifAny: "repository"), ref: try text(ifAny: "ref"),
      branch: try text(ifAny: "branch"), revision: try text(ifAny: "revision"),
      pipeline: try text(ifAny: "pipeline"), page: try text(ifAny: "page"))
  }
}

extension Shard {
  package func entries() -> [Entry] {
    let item = JSON.item { item in
      item.add("sweep", sweep.text)
      item.add("index", index)
      item.add("shards", plan.shards)
      item.add("targets", plan.targets)
      item.add("list", plan.list)
    }
    return Entry.entries(.shard, [item])
  }
}

extension Contents {
  package func start() throws -> RunStart {
    let own = try ProofHead(item(.proof))
    return RunStart(
      id: own.id, started: own.started, version: own.version, runner: own.runner,
      installables: try askedInstallables(), policy: try policy(), occasion: try occasion(),
      shard: try shard())
  }

  func askedInstallables() throws -> [Installable] {
    try items(.asked).dropFirst().map { try $0.installable() }
  }

  package func policy() throws -> Policy {
    guard let policy = try items(.asked).first else {
      throw JSON.Flaw(words: "nothing says what it was asked")
    }
    return try Policy(policy)
  }

  package func occasion() throws -> Occasion? {
    guard let item = try item(ifAny: .occasion) else { return nil }
    guard let occasion = try item.occasion() else { throw JSON.Flaw(words: "its occasion says nothing") }
    return occasion
  }

  package func shard() throws -> Shard? {
    guard let item = try item(ifAny: .shard) else { return nil }
    let shard = Shard(
      sweep: try SweepName(parsing: item.text("sweep")), index: try item.number("index"),
      shards: try item.number("shards"), targets: try item.number("targets"), list: try item.text("list"))
    guard let shard else { throw JSON.Flaw(words: "it is a shard that there cannot be") }
    return shard
  }
}
