import NixModel

extension ReportedRun.Target {
  /// How many paths of one kind are named before the rest is counted.
  private static let named = 5

  /// A line for each kind of reference that Nix did not have to bring.
  package var remarks: [String] {
    FoundPath.Kind.allCases.compactMap { kind in
      let paths = found.filter { $0.kind == kind }.map(\.path.description)
      guard !paths.isEmpty, let place = kind.place else { return nil }
      return "\(Words.count(paths.count, "reference")) \(place): \(Words.list(paths, naming: Self.named))"
    }
  }
}

extension FoundPath.Kind {
  /// The way in which it came to be there; `nil` for a source of a build, because sources are many and tell a
  /// person nothing.
  fileprivate var place: String? {
    switch self {
    case .presentBefore: "in the store before"
    case .addedByEvaluation: "added by evaluation"
    case .inputSource: nil
    }
  }
}
