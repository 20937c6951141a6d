public import Foundation
public import NixModel

/// A build by an ephemeral builder, for a person.
public struct BuildText: Sendable {
  private let record: BuildRecord
  private let now: Date

  /// The text of `record`.
  public init(_ record: BuildRecord, at now: Date) { (self.record, self.now) = (record, now) }

  /// The text, ending with a newline.
  public func render() -> String {
    let (start, order) = (record.start, record.start.order)
    var lines = [
      "build \(start.id): \(record.outcome)",
      "machine \(order.plan) in \(order.region) at \(order.provider)"
        + (record.server.map { ", \(Words.name($0))" } ?? "")
        + (record.address.map { ", \(Words.name($0))" } ?? ""),
      "of \(Words.line(order.targets.joined(separator: " ")))\(order.source.map { " from \(Words.line($0))" } ?? "")",
      "to \(Words.line(order.destination))",
      "cost \(cost), until \(Instant.iso8601(start.expires)) at the latest",
    ]
    lines += record.events.map { "  \(Instant.iso8601($0.at))  \($0.fact.phrase)" }
    lines += record.end?.outputs.map { "  \($0)" } ?? []
    return lines.joined(separator: "\n") + "\n"
  }

  /// The latest event, as a line of progress.
  public static func news(_ record: BuildRecord) -> String {
    "build \(record.start.id): \(record.events.last?.fact.phrase ?? "is recorded")"
  }

  private var cost: String {
    let time = Quantity.duration(seconds: Int(record.lifetime(until: now)))
    return record.cost(until: now).map { "at most \($0) for \(time)" } ?? "unknown, for \(time)"
  }
}

extension BuildRecord {
  /// What became of it, in a few words.
  public var outcome: String {
    let place =
      switch state {
      case .planned: "nothing was asked of the provider"
      case .asked: "a machine was asked for"
      case .running: phase.map { "the machine is \($0.rawValue)" } ?? "the machine is being made"
      case .ended: "the machine is still there"
      case .deleting: "the machine is being deleted"
      case .gone: server == nil ? "no machine was made" : "the machine is gone"
      }
    guard let end else {
      return state == .gone && server != nil ? "\(place), and how the build ended is not known" : place
    }
    return
      "\(end.isSuccess ? "built and uploaded" : "failed (\(Words.line(end.reason)), exit code \(end.exit))"), \(place)"
  }
}

extension BuildEvent.Fact {
  package var phrase: String {
    switch self {
    case .asked: "the provider is asked for a machine"
    case .refused(let sentence): "no machine was made: \(Words.line(sentence))"
    case .created(let server): "the machine \(Words.name(server)) exists"
    case .addressed(let address): "its address is \(Words.name(address))"
    case .reached(let phase): phase.phrase
    case .ended(let end): Words.line(end.message)
    case .deleting(let deletion): "it is deleted, because \(deletion.phrase)"
    case .gone: "it is gone"
    case .served(let receipt):
      "\(Words.line(receipt.cache)) serves \(receipt.served) of the \(Words.count(receipt.paths, "path")) that its outputs need"
    case .proved(let run, let verdict): "the proof \(run) says \(verdict.rawValue)"
    }
  }
}

extension MachinePhase {
  fileprivate var phrase: String {
    switch self {
    case .booted: "it has booted"
    case .keyed: "its swap is encrypted"
    case .configured: "it is configured"
    case .building: "it builds"
    case .uploading: "it uploads"
    }
  }
}

extension BuildDeletion {
  fileprivate var phrase: String {
    switch self {
    case .ended: "its work has ended"
    case .stopped: "it stands still, and would be billed all the same"
    case .expired: "its time is up"
    case .asked: "you said so"
    case .abandoned: "whoever made it has ended"
    }
  }
}
