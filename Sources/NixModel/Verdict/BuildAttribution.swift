/// Which builds bear on which of a run's targets. The judge and a gate ask the same.
public struct BuildAttribution: Sendable {
  private let closures: [Set<StorePath>]
  private let everything: Set<StorePath>

  /// - Parameter derivations: that of each target, if it has one.
  public init(of derivations: [StorePath?], in graph: DerivationGraph) {
    closures = derivations.map { $0.map(graph.closure) ?? [] }
    everything = closures.reduce(into: []) { $0.formUnion($1) }
  }

  /// Whether a build bears on the target at `index`: on those that are made of it, and on all where none is.
  public func bears(_ derivation: StorePath, on index: Int) -> Bool {
    closures[index].contains(derivation) || !everything.contains(derivation)
  }
}
