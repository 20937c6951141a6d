package import NixModel

// The same keys as those that are read: what is written here can be imported, and the lines of a record consist of it.
extension PublicationSummary: Encodable {
  /// The summary of a publication.
  package init(_ publication: Publication) { self.publication = publication }

  package func encode(to encoder: any Encoder) throws {
    let head = publication.head
    var document = FieldWriter(encoder)
    try document.add("schema", Self.schema)
    try document.object("publication") { own in
      try own.line("id", head.id.text)
      try own.add("started", Instant.text(head.started))
      try own.add("finished", head.finished.map(Instant.text))
      try own.add("state", head.state.rawValue)
      try own.add("exitCode", head.exitCode)
      try own.line("program", head.program)
    }
    try document.object("publisher") { publisher in
      let runner = head.publisher.runner
      try publisher.line("host", runner.host)
      try publisher.line("pod", runner.pod)
      try publisher.add("process", runner.processID)
      try publisher.add("processStart", runner.processStart)
      try publisher.line("boot", runner.bootID)
      try publisher.line("nix", head.publisher.nix)
      try publisher.line("system", head.publisher.system)
    }
    try document.object("occasion", head.occasion) { fields, occasion in
      for (name, text) in [
        ("repository", occasion.repository), ("ref", occasion.ref), ("branch", occasion.branch),
        ("revision", occasion.revision), ("pipeline", occasion.pipeline), ("page", occasion.page),
      ] { try fields.line(name, text) }
    }
    try document.object("destination", head.destination) { fields, destination in
      try fields.add("kind", destination.kind.rawValue)
      try fields.line("cache", destination.cache)
      try fields.line("server", destination.server?.canonical)
      try fields.line("readSide", destination.readSide?.canonical)
    }
    try document.object("shard", head.shard) { fields, shard in
      try fields.line("sweep", shard.sweep.text)
      try fields.add("index", shard.index)
      try fields.add("shards", shard.plan.shards)
      try fields.add("targets", shard.plan.targets)
      try fields.line("list", shard.plan.list)
    }
    try document.list("targets", publication.targets, Self.write)
    try document.list("paths", publication.paths, Self.write)
    try document.list("faults", publication.faults) { fields, fault in
      try fields.line("code", fault.code.rawValue)
      try fields.add("path", fault.path?.description)
      try fields.add("fatal", fault.isFatal)
      try fields.message("message", fault.message)
    }
    try document.object("cgroup", publication.cgroup) { fields, cgroup in
      for (name, number) in [
        ("version", cgroup.version), ("memoryPeak", cgroup.memoryPeak),
        ("memoryPeakBefore", cgroup.memoryPeakBefore), ("memoryLimit", cgroup.memoryLimit),
        ("oomKills", cgroup.oomKills), ("pidsPeak", cgroup.pidsPeak), ("pidsLimit", cgroup.pidsLimit),
      ] { try fields.add(name, number) }
    }
  }

  private static func write(_ fields: inout FieldWriter, _ target: PublishedTarget) throws {
    try fields.line("installable", target.installable)
    try fields.add("outcome", target.outcome.rawValue)
    try fields.add("derivation", target.derivation?.description)
    try fields.list("outputs", target.outputs) { fields, output in
      try fields.line("name", output.name)
      try fields.add("path", output.path.description)
    }
    try fields.add("milliseconds", target.milliseconds)
    try fields.object("failure", target.failure) { fields, failure in
      try fields.add("kind", failure.kind.rawValue)
      try fields.message("message", failure.message)
    }
  }

  private static func write(_ fields: inout FieldWriter, _ path: PublishedPath) throws {
    try fields.add("path", path.path.description)
    try fields.add("role", path.role.rawValue)
    try fields.add("outcome", path.outcome.rawValue)
    try fields.add("published", path.published.rawValue)
    try fields.add("served", path.isServed)
    try fields.line("servedBy", path.servedBy?.canonical)
    try fields.add("narSize", path.narSize)
  }
}

/// One object of a summary that is written. A value that is not there is `null`.
private struct FieldWriter {
  private var container: KeyedEncodingContainer<Fields.Key>

  init(_ encoder: any Encoder) { container = encoder.container(keyedBy: Fields.Key.self) }

  mutating func add(_ name: String, _ value: (some Encodable)?) throws {
    try container.encode(value, forKey: Fields.Key(stringValue: name))
  }

  /// A text without credentials and control characters, on one line.
  mutating func line(_ name: String, _ text: String?) throws {
    try add(
      name,
      text.map {
        Redaction.redact($0).plainText.split(whereSeparator: \.isNewline).joined(separator: " ")
      })
  }

  /// The same on as many lines as it has.
  mutating func message(_ name: String, _ text: String) throws {
    try add(name, Redaction.redact(text).plainText)
  }

  mutating func object(_ name: String, _ fill: @escaping (inout FieldWriter) throws -> Void) throws {
    try object(name, ()) { writer, _ in try fill(&writer) }
  }

  mutating func object<Value>(
    _ name: String, _ value: Value?, _ fill: @escaping (inout FieldWriter, Value) throws -> Void
  ) throws {
    try add(name, value.map { Part(value: $0, fill: fill) })
  }

  mutating func list<Value>(
    _ name: String, _ values: [Value], _ fill: @escaping (inout FieldWriter, Value) throws -> Void
  ) throws {
    try add(name, values.map { Part(value: $0, fill: fill) })
  }

  private struct Part<Value>: Encodable {
    let value: Value
    let fill: (inout FieldWriter, Value) throws -> Void

    func encode(to encoder: any Encoder) throws {
      var writer = FieldWriter(encoder)
      try fill(&writer, value)
    }
  }
}
