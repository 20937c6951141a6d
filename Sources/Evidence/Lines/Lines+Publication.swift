package import NixModel

// The record of a publication is its summary, cut into lines. The first line has the parts of which there is one, and
// each list has lines of its own.
extension Publication {
  package func entries() throws -> [Entry] {
    let summary = try Item(JSON(encoding: PublicationSummary(self)).withoutNulls)
    let own = try ["publication", "publisher", "destination"].flatMap {
      try summary.item(ifAny: $0)?.members ?? []
    }
    let group = summary["cgroup"].map { [(name: "cgroup", value: $0)] } ?? []
    let paths = try summary.list("paths").map { (try Item($0).text("path"), $0) }
    return try Entry.entries(.publication, [.object(own + group)]) + (head.occasion?.entries() ?? [])
      + (head.shard?.entries() ?? []) + Entry.entries(.published, summary.list("targets"))
      + Entry.entries(.paths, paths.sorted { $0.0 < $1.0 }.map(\.1))
      + Entry.entries(.faults, summary.list("faults"))
  }
}

extension Contents {
  /// The publication: its summary, put together again from the lines that were read.
  ///
  /// - Parameter path: leaves out all other paths.
  package func publication(about path: StorePath? = nil) throws -> Publication {
    let head = try item(.publication)
    var paths = items(ifAny: .paths) ?? []
    if let name = path?.description { paths = try paths.filter { try Item($0).text("path") == name } }
    let summary = try JSON.item { summary in
      summary.add("schema", PublicationSummary.schema)
      let parts = ["publication", "publisher"] + (head["kind"] == nil ? [] : ["destination"])
      for name in parts { summary.add(name, .object(head.members)) }
      for (name, part) in [
        ("cgroup", head["cgroup"]), ("occasion", try only(.occasion)), ("shard", try only(.shard)),
        ("targets", .list(items(ifAny: .published) ?? [])), ("paths", .list(paths)),
        ("faults", .list(items(ifAny: .faults) ?? [])),
      ] { if let part { summary.add(name, part) } }
    }
    do { return try summary.decoded(PublicationSummary.self).publication } catch {
      throw JSON.Flaw(words: PublicationSummary.Flaw(error).description)
    }
  }

  private func only(_ kind: EntryKind) throws -> JSON? { try item(ifAny: kind).map { .object($0.members) } }
}
