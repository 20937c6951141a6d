public import NixModel

/// The few things that a proof asks of the world, in the order in which it asks them.
///
/// The live ones are wired in `warmth/Wiring.swift`; tests script them. None of them throws what bears on
/// a verdict: a witness that cannot be heard says so in its answer.
public struct Witnesses: Sendable {
  /// The runner: Nix's version and settings, and the means of writing that it holds. Throws where there
  /// is no usable Nix.
  public var environment: @Sendable () async throws(WitnessError) -> RunnerEnvironment
  /// The store before anything: what is in it later and not now came with the run. Asked before evaluation, which
  /// runs code that nobody has read.
  public var baseline: @Sendable () async -> Heard<Baseline>
  /// Evaluates installables to derivations and output paths, without building them. Hands on each event of
  /// the evaluation's log as it comes, and ends it where the answer says so: evaluation can build.
  public var resolve:
    @Sendable ([Installable], _ event: @escaping @Sendable (LogEvent) -> Directive) async -> Resolution
  /// Reads derivations: those named, and with `wholeClosure` everything that they are built from.
  public var derivations: @Sendable (_ roots: [StorePath], _ wholeClosure: Bool) async -> DerivationGraph
  /// The store before anything is realized: what it holds of each path, and since when.
  public var presence: @Sendable ([StorePath]) async -> Heard<[StorePath: Presence]>
  /// The substituters before: what they offer of each path and of everything it refers to, and whether
  /// the archives of the paths themselves are there. Asked again for a path, it asks the caches only for what they
  /// were not asked for yet. Tells how far it has come.
  public var survey:
    @Sendable ([StorePath], _ progress: @escaping @Sendable (SurveyProgress) -> Void) async -> Survey
  /// Runs Nix, hands on each event of its log as it comes, and ends Nix where the answer says so.
  public var realize:
    @Sendable (Realization, _ event: @escaping @Sendable (LogEvent) -> Directive) async -> LogTestimony
  /// The store afterwards: how each path is registered; paths that are not valid are missing.
  public var registrations: @Sendable ([StorePath]) async -> Heard<[StorePath: Registration]>

  /// Witnesses from their closures.
  public init(
    environment: @escaping @Sendable () async throws(WitnessError) -> RunnerEnvironment,
    baseline: @escaping @Sendable () async -> Heard<Baseline>,
    resolve:
      @escaping @Sendable ([Installable], _ event: @escaping @Sendable (LogEvent) -> Directive) async ->
      Resolution,
    derivations: @escaping @Sendable (_ roots: [StorePath], _ wholeClosure: Bool) async -> DerivationGraph,
    presence: @escaping @Sendable ([StorePath]) async -> Heard<[StorePath: Presence]>,
    survey:
      @escaping @Sendable ([StorePath], _ progress: @escaping @Sendable (SurveyProgress) -> Void) async ->
      Survey,
    realize:
      @escaping @Sendable (Realization, _ event: @escaping @Sendable (LogEvent) -> Directive) async ->
      LogTestimony,
    registrations: @escaping @Sendable ([StorePath]) async -> Heard<[StorePath: Registration]>
  ) {
    self.environment = environment
    self.baseline = baseline
    self.resolve = resolve
    self.derivations = derivations
    self.presence = presence
    self.survey = survey
    self.realize = realize
    self.registrations = registrations
  }
}

/// What evaluation made of the installables, and what it did on the way.
public struct Resolution: Hashable, Sendable {
  /// Those that resolved.
  public var targets: [Target]
  /// Those that did not.
  public var unresolved: [UnresolvedTarget]
  /// The evaluation's log: it can copy and build (import from derivation).
  public var log: LogTestimony

  /// What came of an evaluation.
  public init(
    targets: [Target] = [], unresolved: [UnresolvedTarget] = [], log: LogTestimony = .silent
  ) {
    self.targets = targets
    self.unresolved = unresolved
    self.log = log
  }
}

/// What Nix is asked to bring.
public struct Realization: Hashable, Sendable {
  /// What to bring.
  public let goals: [Goal]
  /// What Nix may do about a path that it cannot copy.
  public let builds: BuildMode
  /// Whether anything may be built: otherwise Nix gets no build slots at all.
  public let mayBuild: Bool
  /// How many lines the run's log has so far: Nix's are counted on.
  public let after: Int

  /// One thing to bring.
  public enum Goal: Hashable, Sendable {
    /// Outputs of a derivation, which Nix builds where it cannot copy them.
    case outputs([String], of: StorePath)
    /// A path, which Nix can only copy.
    case path(StorePath)
  }

  /// A request.
  public init(goals: [Goal], builds: BuildMode, mayBuild: Bool, after: Int = 0) {
    self.after = after
    self.goals = goals
    self.builds = builds
    self.mayBuild = mayBuild
  }
}

/// Whether Nix may go on after an event.
public enum Directive: Hashable, Sendable {
  /// It may.
  case goOn
  /// It is ended, because of this derivation's build.
  case end(StorePath)
}

/// Why there is no usable Nix.
public struct WitnessError: Error, Hashable, Sendable {
  /// A sentence: what is missing and what to do.
  public let message: String

  /// An error with its sentence.
  public init(_ message: String) { self.message = message }
}

extension WitnessError: CustomStringConvertible {
  public var description: String { message }
}
