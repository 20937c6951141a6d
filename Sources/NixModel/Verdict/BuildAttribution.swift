/// Which builds bear on which of a run's targets. The judge and a gate ask the same.
public struct BuildAttribution: Sendable {
  /// Of each build that some target is made of: on which targets it bears, by their index.
  private let bearers: [StorePath: [Bool]]

  /// - Parameters:
  ///   - builds: the builds to be asked for.
  ///   - derivations: that of each target, if it has one.
  public init(of builds: some Sequence<StorePath>, on derivations: [StorePath?], in graph: DerivationGraph) {
    var bearers: [StorePath: [Bool]] = [:]
    var users: ReferenceGraph?
    for build in builds where bearers[build] == nil {
      let known =
        users
        ?? ReferenceGraph(from: derivations.compactMap(\.self)) {
          (graph.derivations[$0]?.inputDerivations ?? [:]).keys
        }.reversed
      users = known
      // From the build to the targets: builds are few, and targets are many.
      guard let number = known.number(of: build) else { continue }
      let reached = known.reach(of: [number])
      bearers[build] = derivations.map { $0.flatMap(known.number).map { reached[$0] } ?? false }
    }
    self.bearers = bearers
  }

  /// Whether a build bears on the target at `index`: on those that are made of it, and on all where none is.
  public func bears(_ derivation: StorePath, on index: Int) -> Bool { bearers[derivation]?[index] ?? true }
}
