/// The run was about an attribute of the source that the policy binds, and for a platform that it binds.
struct OfBoundSource: GateRule {
  func finding(in gated: GatedRun) -> GateFinding? {
    guard let source = gated.policy.source else { return nil }
    let subject = gated.run.subject
    return subject.source == source ? .ofSource(source) : .otherSource(source, instead: [subject])
  }
}

/// The run evaluated the target for a platform that the policy binds.
struct OnBoundSystem: GateRule {
  func finding(in gated: GatedRun) -> GateFinding? {
    let subject = gated.run.subject
    guard !gated.policy.systems.isEmpty, !subject.isPath else { return nil }
    guard let system = subject.system, gated.policy.systems.contains(system) else {
      return .otherSystem(gated.policy.systems, instead: [subject])
    }
    return .onSystem(system)
  }
}
