import NixModel

/// Causes that differ only in their paths: told once, with the paths listed.
struct CauseGroup {
  /// The one that speaks for all.
  let first: Reason
  /// The paths of the others.
  let others: [String]
  /// What shows them, each piece once.
  let exhibits: [String]
  /// What followed, each once.
  let consequences: [String]
  /// The targets that they concern.
  let targets: [String]

  /// `causes` by what they share, in their order.
  static func groups(of causes: [Cause]) -> [CauseGroup] {
    var kinds: [ReasonGroup.Kind] = []
    var members: [ReasonGroup.Kind: [Cause]] = [:]
    for cause in causes {
      let kind = ReasonGroup.Kind(cause.reason)
      if members[kind] == nil { kinds.append(kind) }
      members[kind, default: []].append(cause)
    }
    return kinds.compactMap { members[$0].flatMap(CauseGroup.init) }
  }

  private init?(_ causes: [Cause]) {
    guard let first = causes.first else { return nil }
    self.first = first.reason
    others = causes.dropFirst().map {
      $0.reason.path?.description ?? Words.line($0.reason.message)
    }
    exhibits = causes.flatMap(\.exhibits).map(\.phrase).unique
    consequences = causes.flatMap(\.consequences).map(\.phrase).unique
    targets = causes.flatMap(\.targets).map { Words.line($0.description) }.unique
  }
}

extension [String] {
  fileprivate var unique: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
