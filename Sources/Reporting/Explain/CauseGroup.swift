package import NixModel

/// Causes that differ only in their paths: told once, with the paths listed.
package struct CauseGroup {
  /// The one that speaks for all.
  package let first: Reason
  /// The paths of the others.
  package let others: [String]
  /// The paths of all.
  package let paths: [StorePath]
  /// The evidence that shows them, each piece once.
  package let shownBy: [Evidence]
  /// The consequences, each once.
  package let consequences: [String]
  /// The targets that they concern.
  package let targets: [String]
  /// The same, to be named in a command.
  package let installables: [Installable]

  /// `causes` in groups, in their order.
  package static func groups(of causes: [Cause]) -> [CauseGroup] {
    causes.grouped { ReasonGroup.Kind($0.reason) }.compactMap { CauseGroup($0.members) }
  }

  /// The same in words.
  var evidence: [String] { shownBy.map(\.phrase).unique }

  private init?(_ causes: [Cause]) {
    guard let first = causes.first else { return nil }
    self.first = first.reason
    others = causes.dropFirst().map(\.reason.subject)
    paths = causes.compactMap(\.reason.path).unique
    shownBy = causes.flatMap(\.evidence).unique
    consequences = causes.flatMap(\.consequences).map(\.phrase).unique
    installables = causes.flatMap(\.targets).unique
    targets = causes.flatMap(\.targets).map { Words.line($0.description) }.unique
  }
}
