import GRDB
import NixModel

extension Recorder {
  /// Adds a publication, as a whole.
  ///
  /// - Parameter key: signs it.
  func record(_ publication: Publication, signing key: SigningKey? = nil) throws {
    let head = publication.head
    let seq = try begin(head)
    // It comes as a whole, and nothing is ever added to it.
    ledger.note(.concluded, seq, head.id, signing: key)
    try record(head.occasion, seq)
    for (position, target) in publication.targets.enumerated() { try record(target, at: position, seq) }
    let paths = try Table(
      "published_path_row", ["run", "path", "role", "outcome", "published", "served", "nar_size"], db)
    // The ids are given in the order of paths, and the rows put in the order of ids.
    let inOrder = try publication.paths.sorted { $0.path < $1.path }
      .map { (id: try lexicon.text($0.path), path: $0) }.sorted { $0.id < $1.id }
    for (id, path) in inOrder {
      try paths.insert([
        seq, id, path.role.rawValue, path.outcome.rawValue, path.published.rawValue, path.isServed,
        path.narSize.map { Int64(clamping: $0) },
      ])
    }
    let faults = try Table(
      "publication_fault_row", ["run", "position", "code", "path", "fatal", "message"], db)
    for (position, fault) in publication.faults.enumerated() {
      try faults.insert([
        seq, position, fault.code.rawValue, try lexicon.text(ifAny: fault.path?.description), fault.isFatal,
        try lexicon.text(fault.message),
      ])
    }
    try end(publication, seq)
    for table in ["published_output_row", "published_path_row"] { try index(table, seq) }
  }

  /// A publisher lets Nix build whatever it must, and promises nothing of where things come from: so much for what a
  /// proof says of its policy.
  private func begin(_ head: PublicationHead) throws -> Int64 {
    let runner = head.publisher.runner
    let started = Instant.text(head.started)
    try Table(
      "run",
      [
        "id", "started", "at", "warmth", "host", "pod", "process", "process_start", "boot", "builds",
        "allow_build", "forbid_build", "expect_from", "purpose",
      ], db
    ).insert([
      head.id.text, started, Instant.milliseconds(Instant.date(started) ?? head.started), head.program,
      runner.host,
      runner.pod, runner.processID, Int64(bitPattern: runner.processStart), runner.bootID,
      BuildMode.observe.rawValue, try JSON.text(["*"]), "[]", "[]", "publication",
    ])
    return db.lastInsertedRowID
  }

  private func record(_ target: PublishedTarget, at position: Int, _ seq: Int64) throws {
    try Table(
      "published_target_row",
      ["run", "position", "installable", "outcome", "derivation", "milliseconds", "failure", "message"], db
    ).insert([
      seq, position, try lexicon.text(target.installable), target.outcome.rawValue,
      try lexicon.text(ifAny: target.derivation?.description),
      target.milliseconds.map { Int64(clamping: $0) }, target.failure?.kind.rawValue,
      try lexicon.text(ifAny: target.failure?.message),
    ])
    let outputs = try Table("published_output_row", ["run", "target", "position", "name", "path"], db)
    for (index, output) in target.outputs.enumerated() {
      try outputs.insert([seq, position, index, try lexicon.text(output.name), try lexicon.text(output.path)])
    }
  }

  private func end(_ publication: Publication, _ seq: Int64) throws {
    let (head, cgroup) = (publication.head, publication.cgroup ?? CgroupFigures())
    let figures = [
      cgroup.version, cgroup.memoryPeak, cgroup.memoryPeakBefore, cgroup.memoryLimit, cgroup.oomKills,
      cgroup.pidsPeak, cgroup.pidsLimit,
    ]
    try Table(
      "publication_row",
      [
        "run", "state", "exit_code", "finished", "nix", "system", "kind", "cache", "server", "read_side",
        "cgroup_version", "memory_peak", "memory_peak_before", "memory_limit", "oom_kills", "pids_peak",
        "pids_limit",
      ], db
    ).insert(
      [
        seq, head.state.rawValue, head.exitCode, head.finished.map { Instant.text($0) },
        try lexicon.text(head.publisher.nix), try lexicon.text(head.publisher.system),
        head.destination?.kind.rawValue, try lexicon.text(ifAny: head.destination?.cache),
        try lexicon.text(ifAny: head.destination?.server?.canonical),
        try lexicon.text(ifAny: head.destination?.readSide?.canonical),
      ] + figures.map { $0.map { Int64(clamping: $0) } })
  }
}
