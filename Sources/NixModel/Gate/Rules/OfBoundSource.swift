/// The run was about an attribute of the source that the policy binds, and for a platform that it binds.
struct OfBoundSource: GateRule {
  func finding(in one: GateCase) -> GateFinding? {
    guard let source = one.policy.source else { return nil }
    let subject = one.run.subject
    return subject.source == source ? .ofSource(source) : .otherSource(source, instead: [subject])
  }
}

/// The run evaluated the target for a platform that the policy binds.
struct OnBoundSystem: GateRule {
  func finding(in one: GateCase) -> GateFinding? {
    let subject = one.run.subject
    guard !one.policy.systems.isEmpty, !subject.isPath else { return nil }
    guard let system = subject.system, one.policy.systems.contains(system) else {
      return .otherSystem(one.policy.systems, instead: [subject])
    }
    return .onSystem(system)
  }
}
