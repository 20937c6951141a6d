public import NixModel

/// `audit show --json` of a publication: all that is recorded of it, as its publisher summed it up.
///
/// It is a summary again, which can be imported.
public struct PublicationDocument: Document {
  private let schema = "warmth/publication/v1"
  private let publication: Own
  private let publisher: PublisherPart
  private let occasion: Value
  private let destination: Value
  private let targets: [TargetPart]
  private let paths: [PathPart]
  private let faults: [FaultPart]
  @OrNull private var cgroup: CgroupPart?

  /// The document of `publication`.
  public init(_ publication: Publication) {
    self.publication = Own(publication.head)
    publisher = PublisherPart(publication.head.publisher)
    occasion = .object(publication.head.occasion, Occasion.columns)
    destination = .object(publication.head.destination, PublicationDestination.columns)
    targets = publication.targets.map(TargetPart.init)
    paths = publication.paths.map(PathPart.init)
    faults = publication.faults.map(FaultPart.init)
    cgroup = publication.cgroup.map(CgroupPart.init)
  }

  private struct Own: Encodable {
    let id: String
    let started: String
    @OrNull var finished: String?
    let state: String
    let exitCode: UInt8
    let program: String

    init(_ head: PublicationHead) {
      id = head.id.text
      started = Instant.precise(head.started)
      finished = head.finished.map { Instant.precise($0) }
      state = head.state.rawValue
      exitCode = head.exitCode
      program = Words.line(head.program)
    }
  }

  private struct PublisherPart: Encodable {
    let host: String
    @OrNull var pod: String?
    let process: Int32
    let processStart: UInt64
    let boot: String
    let nix: String
    let system: String

    init(_ publisher: Publisher) {
      host = Words.line(publisher.runner.host)
      pod = publisher.runner.pod.map(Words.line)
      process = publisher.runner.processID
      processStart = publisher.runner.processStart
      boot = Words.line(publisher.runner.bootID)
      nix = Words.line(publisher.nix)
      system = Words.line(publisher.system)
    }
  }

  private struct TargetPart: Encodable {
    struct Output: Encodable {
      let name: String
      let path: String
    }
    struct Failure: Encodable {
      let kind: String
      let message: String
    }

    let installable: String
    let outcome: String
    @OrNull var derivation: String?
    let outputs: [Output]
    @OrNull var milliseconds: UInt64?
    @OrNull var failure: Failure?

    init(_ target: PublishedTarget) {
      installable = Words.line(target.installable)
      outcome = target.outcome.rawValue
      derivation = target.derivation?.description
      outputs = target.outputs.map { Output(name: Words.line($0.name), path: $0.path.description) }
      milliseconds = target.milliseconds
      failure = target.failure.map {
        Failure(kind: $0.kind.rawValue, message: Words.printable($0.message))
      }
    }
  }

  private struct PathPart: Encodable {
    let path: String
    let role: String
    let outcome: String
    let published: String
    @OrNull var served: Bool?
    @OrNull var narSize: UInt64?

    init(_ path: PublishedPath) {
      self.path = path.path.description
      role = path.role.rawValue
      outcome = path.outcome.rawValue
      published = path.published.rawValue
      served = path.isServed
      narSize = path.narSize
    }
  }

  private struct FaultPart: Encodable {
    let code: String
    @OrNull var path: String?
    let fatal: Bool
    let message: String

    init(_ fault: PublicationFault) {
      code = fault.code.rawValue
      path = fault.path?.description
      fatal = fault.isFatal
      message = Words.printable(fault.message)
    }
  }

  private struct CgroupPart: Encodable {
    @OrNull var version: UInt64?
    @OrNull var memoryPeak: UInt64?
    @OrNull var memoryPeakBefore: UInt64?
    @OrNull var memoryLimit: UInt64?
    @OrNull var oomKills: UInt64?
    @OrNull var pidsPeak: UInt64?
    @OrNull var pidsLimit: UInt64?

    init(_ figures: CgroupFigures) {
      version = figures.version
      memoryPeak = figures.memoryPeak
      memoryPeakBefore = figures.memoryPeakBefore
      memoryLimit = figures.memoryLimit
      oomKills = figures.oomKills
      pidsPeak = figures.pidsPeak
      pidsLimit = figures.pidsLimit
    }
  }
}
