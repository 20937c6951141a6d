/// The meaning of a name in the evidence, under a policy: a pure choice among the subjects of all runs of
/// that name.
public enum GateChoice: Hashable, Sendable {
  /// This, on each platform that is asked for.
  case subjects([GateSubject])
  /// No subject that the policy allows.
  case none(GateFinding)

  /// The names to look for in the evidence instead of `name`: where the policy binds the source, an attribute is one
  /// of that source.
  public static func name(for name: String, under policy: GatePolicy) -> GateName {
    let plain = GateName(name)
    guard plain.mayBeAttribute, let source = policy.source else { return plain }
    return GateName(name, of: source)
  }

  /// The choice.
  ///
  /// - Parameters:
  ///   - known: the subjects of runs of that name.
  ///   - others: their subjects of other sources than the policy's, which are shown where there are no
  ///     others.
  public init(among known: [GateSubject], besides others: [GateSubject] = [], under policy: GatePolicy) {
    guard !known.isEmpty else {
      self = .none(
        policy.source.flatMap { others.isEmpty ? nil : .otherSource($0, instead: others) } ?? .noRun)
      return
    }
    if let source = policy.source, let foreign = known.first(where: { $0.source != source }) {
      self = .none(.otherSource(source, instead: [foreign]))
      return
    }
    let systems = known.compactMap(\.system).unique
    guard Set(known.map(\.record)).count == 1, !policy.systems.isEmpty || systems.count <= 1 else {
      self = .none(.severalMeanings(known))
      return
    }
    guard let first = known.first, !policy.systems.isEmpty, !first.isPath else {
      self = .subjects(known.prefix(1).map { $0.on(systems.first) })
      return
    }
    // Without any platform, nothing was ever evaluated, and the latest run says why.
    self = .subjects(policy.systems.map { first.on($0) })
  }
}

extension GateSubject {
  fileprivate func on(_ system: String?) -> GateSubject {
    GateSubject(name: name, record: record, system: system)
  }
}
