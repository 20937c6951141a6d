package import NixModel

extension Contents {
  /// The testimony of all witnesses.
  package func testimony() throws -> Testimony {
    let environment = try environment() ?? .unheard
    let targets = try targets()
    return Testimony(
      environment: environment, baseline: try baseline(), targets: targets.resolved,
      unresolved: targets.unresolved,
      graph: try graph(alwaysSubstitutes: environment.alwaysSubstitutes),
      survey: try survey(trusting: environment.trustedKeys), before: try presence(),
      log: try log() ?? .silent, after: try registrations())
  }

  /// Reads the record's items of a kind into values, and writes these as entries. They equal the record's own
  /// entries where this program wrote the record.
  package func rewritten(_ kind: EntryKind) throws -> [Entry] {
    let entries: [Entry]
    switch kind {
    case .proof: entries = Entry.entries(.proof, [try ProofHead(item(.proof)).item])
    case .asked:
      entries = Entry.entries(.asked, [try policy().item] + (try askedInstallables().map { try $0.item }))
    case .shard: entries = try shard()?.entries() ?? []
    case .occasion: entries = try occasion()?.entries() ?? []
    case .environment: entries = try environment()?.entries() ?? []
    case .baseline: entries = try baseline()?.entries() ?? []
    case .targets:
      let targets = try targets()
      entries = try TargetLines.entries(targets.resolved, targets.unresolved)
    case .presence: entries = StoreLines.entries(try presence())
    case .caches: entries = try Survey(caches: caches()).entries()
    // Offers are not parsed here, because each reader that relies on an offer verifies it.
    case .offers: entries = Entry.entries(.offers, items(ifAny: .offers) ?? [])
    case .events: entries = try LogLines.entries(of: try eventKinds())
    case .log: entries = Entry.entries(.log, [try logHead().item])
    case .derivations: entries = try graph(alwaysSubstitutes: false).entries()
    case .registrations: entries = StoreLines.entries(try registrations())
    case .outcomes: entries = StoreLines.entries(try outcomes())
    case .verdicts: entries = Entry.entries(.verdicts, try judgments().map { try $0.item() })
    case .conclusion: entries = Entry.entries(.conclusion, [try ProofEnd(item(.conclusion)).item])
    case .publication, .published, .paths, .faults:
      entries = try keeping([.publication, kind]).publication().entries()
    case .build, .steps: entries = try build().entries()
    case .closed: entries = [try BuildEnding(item(.closed)).entry]
    }
    return entries.filter { $0.kind == kind }
  }
}

extension RunnerEnvironment {
  /// Stands for an environment that was not recorded.
  fileprivate static let unheard = RunnerEnvironment(
    nixVersion: "", system: "", store: "", substituters: [], trustedKeys: TrustedKeys([]), substitutes: true,
    meansOfWriting: [])
}
