/// 1. Every chosen output, and everything else that had to be copied, was absent before: neither valid in
/// the store's database nor on disk.
struct AbsentBefore: Condition {
  func reasons(in one: Case) -> [Reason] {
    let presences: [StorePath: Presence]
    switch one.testimony.before {
    case .said(let value): presences = value
    case .notAsked: presences = [:]
    case .unavailable(let cause):
      return [Reason(.witnessMissing(witness: "the store before the run", cause: cause), .inconclusive)]
    }
    let paths = one.scope.target.outputs.map(\.path) + one.scope.roots
    return paths.compactMap { path in
      guard let presence = presences[path] else {
        return Reason(
          .witnessMissing(witness: "the store before the run", cause: "\(path) was not looked for"),
          .inconclusive)
      }
      guard !one.wasAbsent(path) else { return nil }
      return Reason(.presentBefore(path: path, isValid: presence.isValid), .inconclusive)
    }
  }
}
