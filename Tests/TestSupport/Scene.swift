public import NixModel

/// A run as its witnesses saw it: at first a warm one, of a target `qemu` that refers to `glib`. A test
/// changes what it is about.
public struct Scene {
  /// The cache's key, which the run trusts.
  public let key = LabKey("lab-1")
  /// The cache.
  public let cache: SubstituterURL
  /// A second cache, which is configured after the first.
  public let other: SubstituterURL
  /// The target's output.
  public let qemu: StorePath
  /// What the output refers to.
  public let glib: StorePath
  /// The target's derivation.
  public let drv: StorePath
  /// The derivation of what it refers to.
  public let glibDrv: StorePath

  /// The policy.
  public var policy = Policy()
  /// What could write.
  public var means: [MeansOfWriting] = []
  /// Whether Nix substitutes.
  public var substitutes = true
  /// Where settings were set.
  public var origins: [String: String] = [:]
  /// Whether Nix's sandbox works.
  public var sandbox = RunnerEnvironment.Sandbox.notTried
  /// The survey.
  public var survey: Survey
  /// What the store held before anything began.
  public var baseline: Baseline? = .row(0)
  /// The store before anything was realized.
  public var before: [StorePath: Presence]
  /// The log's events.
  public var events: [LogEvent.Kind]
  /// How Nix ended.
  public var ending = NixEnding.exited(code: 0)
  /// How many lines of the log are the evaluation's.
  public var evaluationLines = 0
  /// How many records of the log could not be read.
  public var unreadable = 0
  /// How many of these were not kept.
  public var dropped = 0
  /// Nix's setting `sandbox`.
  public var sandboxSetting: SandboxSetting?
  /// Nix's setting `always-allow-substitutes`.
  public var alwaysSubstitutes = false
  /// How long the realization took.
  public var timeTaken: TimeTaken?
  /// The store after.
  public var after: [StorePath: Registration]
  /// Derivations as they were read.
  public var graph: DerivationGraph
  /// Further targets.
  public var targets: [Target]

  /// The warm run.
  public init() throws {
    cache = try SubstituterURL(parsing: "http://cache.example/main")
    other = try SubstituterURL(parsing: "http://other.example")
    qemu = try Make.path("qemu-host-cpu-only-10.0.2")
    glib = try Make.path("glib-2.84")
    drv = try Make.path("qemu-host-cpu-only-10.0.2.drv")
    glibDrv = try Make.path("glib-2.84.drv")
    survey = Survey(caches: [Survey.Cache(url: cache, state: .open(priority: 40))])
    before = [qemu: .absent, glib: .absent]
    events = [
      .copyStarted(path: glib, from: "http://cache.example/main"),
      .copyStarted(path: qemu, from: "http://cache.example/main"),
    ]
    after = [:]
    graph = DerivationGraph([
      drv: Derivation(
        outputs: ["out": qemu], inputDerivations: [glibDrv: ["out"]], system: "x86_64-linux"),
      glibDrv: Derivation(outputs: ["out": glib], system: "x86_64-linux"),
    ])
    targets = [
      Target(
        installable: .flake(reference: "nixpkgs", attribute: "qemu_kvm", outputs: .selected),
        resolution: .derivation(drv, system: "x86_64-linux", outputs: [.init(name: "out", path: qemu)]))
    ]
    survey.answers = [
      qemu: [
        .init(cache: cache, kind: try offer(of: qemu, references: [glib, qemu], nar: .present(size: 60)))
      ],
      glib: [.init(cache: cache, kind: try offer(of: glib))],
    ]
    after = [
      qemu: try registration(of: qemu, references: [glib, qemu]), glib: try registration(of: glib),
    ]
  }

  /// An answer with a signed narinfo.
  public func offer(
    of path: StorePath, references: [StorePath] = [], nar: Survey.NarPresence = .notAsked
  ) throws -> Survey.Answer.Kind {
    let narinfo = try Make.narinfo(path, references: references, signedBy: [key])
    guard let verified = VerifiedNarinfo(narinfo, trusting: TrustedKeys([try key.trusted()])) else {
      return .untrusted(narinfo)
    }
    return .offered(verified, nar: nar)
  }

  /// What was valid before anything was realized: as it is afterwards, since before the run or since evaluation.
  public func present(
    _ path: StorePath, since arrival: Presence.Arrival = .before(row: nil), isUltimate: Bool = false,
    content digit: Character = "0"
  ) throws -> Presence {
    let narinfo = try Make.narinfo(path, content: digit, signedBy: [key])
    return Presence(
      .init(
        Registration(
          narHash: narinfo.narHash, narSize: narinfo.narSize, isUltimate: isUltimate,
          signatures: narinfo.signatures, contentAddress: nil, references: narinfo.references), arrival),
      isOnDisk: true)
  }

  /// A row of the database: substituted where it is signed, else built here.
  public func registration(
    of path: StorePath, references: [StorePath] = [], isUltimate: Bool = false, isSigned: Bool = true
  ) throws -> Registration {
    let narinfo = try Make.narinfo(path, references: references, signedBy: isSigned ? [key] : [])
    return Registration(
      narHash: narinfo.narHash, narSize: narinfo.narSize, isUltimate: isUltimate,
      signatures: narinfo.signatures, contentAddress: nil, references: references)
  }

  /// What the witnesses say.
  public func testimony() throws -> Testimony {
    Testimony(
      environment: RunnerEnvironment(
        nixVersion: "2.34.8", system: "x86_64-linux", store: "auto", substituters: [cache, other],
        trustedKeys: TrustedKeys([try key.trusted()]), substitutes: substitutes, meansOfWriting: means,
        origins: origins, sandbox: sandbox, sandboxSetting: sandboxSetting,
        alwaysSubstitutes: alwaysSubstitutes),
      baseline: baseline, targets: targets, graph: graph, survey: survey, before: .said(before),
      log: LogTestimony(
        events: events.enumerated().map { LogEvent(line: $0.offset + 1, kind: $0.element) },
        lines: events.count, bytes: 0, unreadable: unreadable, dropped: dropped, ending: ending,
        evaluationLines: evaluationLines, timeTaken: timeTaken),
      after: ending == .notStarted ? .notAsked : .said(after))
  }

  /// What the judge makes of it.
  public func judged() throws -> Judgment { judge(try testimony(), under: policy) }
}
