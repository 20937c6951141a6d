package import NixModel

extension Publication {
  package func entries() -> [Entry] {
    let own = JSON.item { item in
      item.add("id", head.id.text)
      item.add("started", Instant.text(head.started))
      item.add("finished", head.finished.map { Instant.text($0) })
      item.add("state", head.state.rawValue)
      item.add("exitCode", head.exitCode)
      item.add("program", head.program)
      item.add(head.publisher.runner)
      item.add("nix", head.publisher.nix)
      item.add("system", head.publisher.system)
      if let destination = head.destination {
        item.add("kind", destination.kind.rawValue)
        item.add("cache", destination.cache)
        item.add("server", destination.server?.canonical)
        item.add("readSide", destination.readSide?.canonical)
      }
      if let cgroup { item.add("cgroup", cgroup.item) }
    }
    return Entry.entries(.publication, [own]) + (head.occasion?.entries() ?? [])
      + (head.shard?.entries() ?? [])
      + Entry.entries(.published, targets.map(\.item))
      + Entry.entries(.paths, paths.sorted { $0.path < $1.path }.map(\.item))
      + Entry.entries(.faults, faults.map(\.item))
  }
}

extension CgroupFigures {
  fileprivate var item: JSON {
    .item { item in
      item.add("version", version)
      item.add("memoryPeak", memoryPeak)
      item.add("memoryPeakBefore", memoryPeakBefore)
      item.add("memoryLimit", memoryLimit)
      item.add("oomKills", oomKills)
      item.add("pidsPeak", pidsPeak)
      item.add("pidsLimit", pidsLimit)
    }
  }

  fileprivate init(_ item: Item) throws {
    self.init()
    version = try item.number(ifAny: "version")
    memoryPeak = try item.number(ifAny: "memoryPeak")
    memoryPeakBefore = try item.number(ifAny: "memoryPeakBefore")
    memoryLimit = try item.number(ifAny: "memoryLimit")
    oomKills = try item.number(ifAny: "oomKills")
    pidsPeak = try item.number(ifAny: "pidsPeak")
    pidsLimit = try item.number(ifAny: "pidsLimit")
  }
}

extension PublishedTarget {
  fileprivate var item: JSON {
    .item { item in
      item.add("installable", installable)
      item.add("outcome", outcome.rawValue)
      item.add("derivation", derivation)
      item.add(
        "outputs",
        items: outputs.map { output in
          .item {
            $0.add("name", output.name)
            $0.add("path", output.path)
          }
        })
      item.add("milliseconds", milliseconds)
      item.add("failure", failure?.kind.rawValue)
      item.add("message", failure?.message)
    }
  }

  fileprivate init(_ item: Item) throws {
    self.init(
      installable: try item.text("installable"), outcome: try item.word("outcome"),
      derivation: try item.path(ifAny: "derivation"),
      outputs: try item.items("outputs").map {
        Output(name: try $0.text("name"), path: try $0.path("path"))
      },
      milliseconds: try item.number(ifAny: "milliseconds"),
      failure: try item.word(ifAny: "failure").map { Failure(kind: $0, message: try item.text("message")) })
  }
}

extension PublishedPath {
  fileprivate var item: JSON {
    .item { item in
      item.add("path", path)
      item.add("role", role.rawValue)
      item.add("outcome", outcome.rawValue)
      item.add("published", published.rawValue)
      item.add("served", flag: isServed)
      item.add("servedBy", servedBy?.canonical)
      item.add("narSize", narSize)
    }
  }

  package init(_ item: Item) throws {
    self.init(
      path: try item.path("path"), role: try item.word("role"), outcome: try item.word("outcome"),
      published: try item.word("published"), isServed: try item.flag(ifAny: "served"),
      servedBy: try item.text(ifAny: "servedBy").map { try SubstituterURL(parsing: $0) },
      narSize: try item.number(ifAny: "narSize"))
  }
}

extension PublicationFault {
  fileprivate var item: JSON {
    .item { item in
      item.add("code", code.rawValue)
      item.add("path", path)
      item.add("fatal", flag: isFatal)
      item.add("message", message)
    }
  }

  fileprivate init(_ item: Item) throws {
    self.init(
      code: try item.word("code"), path: try item.path(ifAny: "path"), isFatal: try item.flag("fatal"),
      message: try item.text("message"))
  }
}

extension Contents {
  package func publicationHead() throws -> PublicationHead {
    let own = try item(.publication)
    return PublicationHead(
      id: RunID(try own.text("id")), started: try own.instant("started"),
      finished: try own.instant(ifAny: "finished"), state: try own.word("state"),
      exitCode: try own.number("exitCode"), program: try own.text("program"),
      publisher: Publisher(
        runner: try own.runner(), nix: try own.text("nix"), system: try own.text("system")),
      occasion: try occasion(), destination: try own.destination(), shard: try shard())
  }

  package func publishedTargets() throws -> [PublishedTarget] {
    try items(.published).map { try PublishedTarget($0) }
  }

  func publishedPaths() throws -> [PublishedPath] { try items(.paths).map { try PublishedPath($0) } }

  package func publication() throws -> Publication {
    Publication(
      head: try publicationHead(), targets: try publishedTargets(), paths: try publishedPaths(),
      faults: try items(.faults).map { try PublicationFault($0) },
      cgroup: try item(.publication)["cgroup"].map { try CgroupFigures(Item($0)) })
  }
}

extension Item {
  package func destination() throws -> PublicationDestination? {
    guard let kind: PublicationDestination.Kind = try word(ifAny: "kind") else { return nil }
    func address(_ name: String) throws -> SubstituterURL? {
      try text(ifAny: name).map { try SubstituterURL(parsing: $0) }
    }
    return PublicationDestination(
      kind: kind, cache: try text(ifAny: "cache"), server: try address("server"),
      readSide: try address("readSide"))
  }
}
