public import NixModel

/// The few things that a proof asks of the world, in the order in which it asks them.
///
/// `warmth/Wiring` fills them with the live adapters; tests script them. None of them throws an error that bears on
/// a verdict: a witness that cannot be heard says so in its answer.
public struct Witnesses: Sendable {
  /// Evaluates installables to derivations and output paths, without building them. It hands on each event of the
  /// evaluation's log as it comes, and ends the evaluation where the answer says so, because evaluation can build.
  public typealias Resolver =
    @Sendable ([Installable], _ event: @escaping @Sendable (LogEvent) -> Directive) async -> Resolution

  /// Asks the substituters for paths, as far as the extent goes. Asked again for a path, it asks the caches only for
  /// the things that they were not asked for yet. It tells how far it has come.
  public typealias Surveyor =
    @Sendable ([StorePath], SurveyExtent, _ progress: @escaping @Sendable (SurveyProgress) -> Void) async ->
    Survey

  /// The runner: Nix's version and settings, and the means of writing that it holds. Throws where there
  /// is no usable Nix.
  public var environment: @Sendable () async throws(WitnessError) -> RunnerEnvironment
  /// The store before anything. Everything that is in it later and not now came with the run. It is asked before
  /// evaluation, which runs code that was not reviewed.
  public var baseline: @Sendable () async -> Heard<Baseline>
  /// Evaluates installables to derivations and output paths.
  public var resolve: Resolver
  /// Reads derivations: those named, and with `wholeClosure` everything that they are built from.
  public var derivations: @Sendable (_ roots: [StorePath], _ wholeClosure: Bool) async -> DerivationGraph
  /// The store before anything is realized: the state of each path, and since when it is there.
  public var presence: @Sendable ([StorePath]) async -> Heard<[StorePath: Presence]>
  /// The substituters before: their offers of each path and of everything it refers to.
  public var survey: Surveyor
  /// Runs Nix, hands on each event of its log as it comes, and ends Nix where the answer says so.
  public var realize:
    @Sendable (Realization, _ event: @escaping @Sendable (LogEvent) -> Directive) async -> LogTestimony
  /// The store afterwards: how each path is registered; paths that are not valid are missing.
  public var registrations: @Sendable ([StorePath]) async -> Heard<[StorePath: Registration]>

  /// Witnesses from their closures.
  public init(
    environment: @escaping @Sendable () async throws(WitnessError) -> RunnerEnvironment,
    baseline: @escaping @Sendable () async -> Heard<Baseline>,
    resolve: @escaping Resolver,
    derivations: @escaping @Sendable (_ roots: [StorePath], _ wholeClosure: Bool) async -> DerivationGraph,
    presence: @escaping @Sendable ([StorePath]) async -> Heard<[StorePath: Presence]>,
    survey: @escaping Surveyor,
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

/// Why there is no usable Nix.
public struct WitnessError: Error, Hashable, Sendable {
  /// A sentence: the missing thing, and the next step.
  public let message: String

  /// An error with its sentence.
  public init(_ message: String) { self.message = message }
}

extension WitnessError: CustomStringConvertible {
  public var description: String { message }
}
