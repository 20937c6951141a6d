import NixModel

// The one place that words the differences between two runs about a target.
extension TargetChange {
  /// The stable word for its kind.
  var word: String {
    switch self {
    case .verdict: "verdict"
    case .reasons: "reasons"
    case .derivation: "derivation"
    case .outputs: "outputs"
    case .origins: "from"
    case .size: "size"
    }
  }

  /// `became cold because of nar-missing`.
  var phrase: String {
    switch self {
    case .verdict(let verdict, let codes):
      codes.isEmpty
        ? "became \(verdict.rawValue)" : "became \(verdict.rawValue) because of \(Self.list(codes))"
    case .reasons(let old, let new): "because of \(Self.list(new)) instead of \(Self.list(old))"
    case .derivation(let old, let new):
      old.derivationName == new.derivationName
        ? "another derivation" : "another derivation: \(old.derivationName) became \(new.derivationName)"
    case .outputs: "another output path"
    case .origins(let old, let new):
      "from \(Words.list(new.map(Words.line))) instead of \(Words.list(old.map(Words.line)))"
    case .size(let old, let new):
      new > old ? "larger by \(Quantity.bytes(new - old))" : "smaller by \(Quantity.bytes(old - new))"
    }
  }

  private static func list(_ codes: [ReasonCode]) -> String { Words.list(codes.map(\.rawValue)) }
}

extension TargetHistoryLine.Change {
  /// The changes in words; empty where there are none, or where nothing can be compared.
  var phrase: String {
    switch self {
    case .unknown: ""
    case .first: "the first verdict about it"
    case .since(_, let changes): changes.map(\.phrase).joined(separator: "; ")
    }
  }

  /// The changes; none where nothing can be compared.
  var changes: [TargetChange] {
    switch self {
    case .unknown, .first: []
    case .since(_, let changes): changes
    }
  }

  /// The run that was compared with.
  var earlier: RunID? {
    switch self {
    case .unknown, .first: nil
    case .since(let run, _): run
    }
  }
}

extension TargetRecord.Ending {
  /// The stable word for it, as a run's.
  var word: String {
    switch self {
    case .running: "running"
    case .interrupted: "interrupted"
    case .judged: "finished"
    }
  }
}
