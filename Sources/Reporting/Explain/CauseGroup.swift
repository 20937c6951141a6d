import NixModel

/// Causes that differ only in their paths: told once, with the paths listed.
struct CauseGroup {
  /// The one that speaks for all.
  let first: Reason
  /// The paths of the others.
  let others: [String]
  /// The paths of all.
  let paths: [StorePath]
  /// The evidence that shows them, each piece once.
  let evidence: [String]
  /// The consequences, each once.
  let consequences: [String]
  /// The targets that they concern.
  let targets: [String]
  /// The same, to be named in a command.
  let installables: [Installable]

  /// `causes` in groups, in their order.
  static func groups(of causes: [Cause]) -> [CauseGroup] {
    causes.grouped { ReasonGroup.Kind($0.reason) }.compactMap { CauseGroup($0.members) }
  }

  private init?(_ causes: [Cause]) {
    guard let first = causes.first else { return nil }
    self.first = first.reason
    others = causes.dropFirst().map(\.reason.subject)
    paths = causes.compactMap(\.reason.path).unique
    evidence = causes.flatMap(\.evidence).map(\.phrase).unique
    consequences = causes.flatMap(\.consequences).map(\.phrase).unique
    installables = causes.flatMap(\.targets).unique
    targets = causes.flatMap(\.targets).map { Words.line($0.description) }.unique
  }
}
