public import Foundation

/// A build by an ephemeral builder, as it was recorded. It is the builder's and its operator's word, and proves nothing.
public struct BuildRecord: Hashable, Sendable {
  /// Its beginning.
  public let start: BuildStart
  /// Everything since, in order.
  public private(set) var events: [BuildEvent]
  /// Its state, which follows from the events.
  public private(set) var state = BuildState.planned

  /// A record.
  ///
  /// - Throws: ``BuildContradiction`` where an event cannot follow those before it.
  public init(start: BuildStart, events: [BuildEvent] = []) throws(BuildContradiction) {
    self.start = start
    self.events = []
    for event in events { try add(event) }
  }

  /// Adds an event.
  ///
  /// - Throws: ``BuildContradiction`` where it cannot follow those before it.
  public mutating func add(_ event: BuildEvent) throws(BuildContradiction) {
    guard let next = state.after(event.fact) else {
      throw BuildContradiction(build: start.id, state: state.name, event: event.fact.name)
    }
    state = next
    events.append(event)
  }

  /// The machine's identifier at the provider, once it is known.
  public var server: String? {
    events.lazy.compactMap { if case .created(let server) = $0.fact { server } else { nil } }.last
  }

  /// The machine's address, once it is known.
  public var address: String? {
    events.lazy.compactMap { if case .addressed(let address) = $0.fact { address } else { nil } }.last
  }

  /// The latest phase that the machine told.
  public var phase: MachinePhase? {
    events.lazy.compactMap { if case .reached(let phase) = $0.fact { phase } else { nil } }.max()
  }

  /// How the work ended, once the machine told.
  public var end: BuildEnd? {
    events.lazy.compactMap { if case .ended(let end) = $0.fact { end } else { nil } }.last
  }

  /// Why the machine was deleted, once it was to be.
  public var deletion: BuildDeletion? {
    events.lazy.compactMap { if case .deleting(let deletion) = $0.fact { deletion } else { nil } }.last
  }

  /// The latest receipt of the read side.
  public var receipt: BuildReceipt? {
    events.lazy.compactMap { if case .served(let receipt) = $0.fact { receipt } else { nil } }.last
  }

  /// The proofs about it.
  public var proofs: [(run: RunID, verdict: Verdict)] {
    events.compactMap { if case .proved(let run, let verdict) = $0.fact { (run, verdict) } else { nil } }
  }

  /// How long the machine existed until `now`, or until it was gone, in seconds. The time before the provider answered
  /// counts, because nobody knows when billing began.
  public func lifetime(until now: Date) -> TimeInterval {
    guard let asked = events.first(where: { $0.fact == .asked })?.at else { return 0 }
    let gone = events.last { $0.fact == .gone || $0.fact.isRefusal }?.at
    return max(0, (gone ?? now).timeIntervalSince(asked))
  }

  /// What the machine cost until `now`, in millionths of a US dollar: hours are counted whole.
  public func cost(until now: Date) -> Price? {
    let seconds = Int(lifetime(until: now).rounded(.up))
    return start.order.hourlyPrice.map { Price(Price.most(hourly: $0, deadline: seconds)) }
  }
}

/// The state of a builder.
public enum BuildState: Hashable, Sendable {
  /// Nothing was asked of the provider.
  case planned
  /// The provider was asked, and the answer is not recorded: there may be a machine.
  case asked
  /// There is a machine.
  case running
  /// There is a machine, and its work has ended.
  case ended
  /// The machine is to be deleted, and may be gone.
  case deleting
  /// There is no machine, and there will be none.
  case gone

  /// Whether a machine exists, or may exist.
  public var mayHaveMachine: Bool {
    switch self {
    case .asked, .running, .ended, .deleting: true
    case .planned, .gone: false
    }
  }

  /// The state after an event; `nil` where it cannot happen in this one.
  func after(_ fact: BuildEvent.Fact) -> BuildState? {
    switch (self, fact) {
    case (.planned, .asked): .asked
    case (.planned, .refused), (.asked, .refused): .gone
    case (.asked, .created): .running
    // A machine that was found again is created once more, by the same identifier.
    case (.running, .created), (.running, .addressed), (.running, .reached): .running
    case (.running, .ended): .ended
    case (.ended, .addressed), (.ended, .created): .ended
    // What is asked for twice is deleted twice.
    case (.asked, .deleting), (.running, .deleting), (.ended, .deleting), (.deleting, .deleting): .deleting
    // A machine can vanish by another hand, and one that was asked for may never have been made.
    case (.asked, .gone), (.running, .gone), (.ended, .gone), (.deleting, .gone): .gone
    // These are about what was uploaded, with or without the machine.
    case (_, .proved) where self != .planned && self != .asked: self
    case (_, .served) where self != .planned && self != .asked: self
    default: nil
    }
  }

  /// The word for it.
  public var name: String {
    switch self {
    case .planned: "planned"
    case .asked: "asked"
    case .running: "running"
    case .ended: "ended"
    case .deleting: "deleting"
    case .gone: "gone"
    }
  }
}

extension BuildEvent.Fact {
  /// The word for it, as it is recorded.
  public var name: String {
    switch self {
    case .asked: "asked"
    case .refused: "refused"
    case .created: "created"
    case .addressed: "addressed"
    case .reached(let phase): phase.rawValue
    case .ended: "ended"
    case .deleting: "deleting"
    case .gone: "gone"
    case .served: "served"
    case .proved: "proved"
    }
  }

  fileprivate var isRefusal: Bool { if case .refused = self { true } else { false } }
}

/// An event that cannot follow those before it.
public struct BuildContradiction: Error, Hashable, Sendable {
  /// The build.
  public let build: RunID
  /// The state that it was in.
  public let state: String
  /// The event.
  public let event: String
}

extension BuildContradiction: CustomStringConvertible {
  public var description: String {
    "the build \(build) is \(state), and '\(event)' cannot follow: somebody changed its record, or it is of another program"
  }
}
