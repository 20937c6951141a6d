public import NixModel

/// The progress for a person who waits at a terminal: a value that is told of events and renders lines.
///
/// Instants are times since the run began. Nothing here proves anything: a copy that ended counts as
/// copied even where the verdict will say otherwise.
public struct LiveProgress: Sendable {
  /// How many lines are drawn at most.
  public static let maximumHeight = 6

  private(set) var phase: Phase
  private(set) var offered: SurveySummary?
  private(set) var copies: [Copy] = []
  private(set) var builds: [Build] = []
  private(set) var copied: Set<StorePath> = []
  private(set) var built: Set<StorePath> = []
  /// The bytes of paths that are not being copied just now.
  private var arrived: [StorePath: UInt64] = [:]
  private(set) var bytes: UInt64 = 0
  private var samples: [Sample] = []

  /// Where the run is.
  enum Phase: Hashable {
    case starting(targets: Int)
    case evaluating(targets: Int)
    case opening(caches: Int)
    case surveying(SurveyProgress)
    case preparing
    case realizing
  }

  /// A copy under way.
  struct Copy: Hashable {
    let path: StorePath
    let from: String
    var done: UInt64 = 0
    var expected: UInt64 = 0
    /// Its own part of the bytes that have arrived: those of a first try, until a second begins.
    var counted: UInt64 = 0
  }

  /// A build under way.
  struct Build: Hashable {
    let derivation: StorePath
    let machine: String?
    /// The last line that its builder printed.
    var said = ""
  }

  private struct Sample {
    let time: Duration
    let bytes: UInt64
  }

  /// How far back the rate looks.
  private static let window = Duration.seconds(5)
  /// How far back samples are kept.
  private static let memory = Duration.seconds(10)

  private var caches = 0

  /// A run before anything is known but the number of its targets.
  public init(targets: Int) { phase = .starting(targets: targets) }

  /// Takes note of `event`, which happened at `time` since the run began.
  public mutating func note(_ event: ProgressEvent, at time: Duration) {
    switch event {
    case .environment(let environment):
      caches = environment.substituters.count
      if case .starting(let targets) = phase { phase = .evaluating(targets: targets) }
    case .resolved: phase = .opening(caches: caches)
    case .surveying(let progress): phase = .surveying(progress)
    case .surveyed(let survey):
      offered = SurveySummary(survey)
      phase = .preparing
    case .realizing: phase = .realizing
    case .log(let event): note(event.kind, at: time)
    }
  }

  private mutating func note(_ kind: LogEvent.Kind, at time: Duration) {
    switch kind {
    case .copyStarted(let path, let from):
      endCopy(of: path)
      copies.append(Copy(path: path, from: Words.line(from), counted: arrived.removeValue(forKey: path) ?? 0))
      // A second try: the first did not bring it.
      copied.remove(path)
    case .copyStopped(let path, _):
      // Nix need not tell of the last bytes, and tells of none of a small archive.
      if let size = offered?.sizes[path] { arrive(path, size, size, at: time) }
      endCopy(of: path)
      copied.insert(path)
    case .buildStarted(let derivation): start(Build(derivation: derivation, machine: nil))
    case .buildStartedRemotely(let derivation, let machine):
      start(Build(derivation: derivation, machine: Words.line(machine)))
    case .buildStopped(let derivation):
      if builds.contains(where: { $0.derivation == derivation }) { built.insert(derivation) }
      builds.removeAll { $0.derivation == derivation }
    case .progress(let path, let done, let expected): arrive(path, done, expected, at: time)
    case .builderSaid(let derivation, let line):
      if let index = builds.firstIndex(where: { $0.derivation == derivation }) {
        builds[index].said = Words.line(line)
      }
    case .transferred, .resolved, .postBuildHook, .complaint: break
    }
  }

  private mutating func endCopy(of path: StorePath) {
    guard let index = copies.firstIndex(where: { $0.path == path }) else { return }
    arrived[path] = copies.remove(at: index).counted
  }

  private mutating func start(_ build: Build) {
    builds.removeAll { $0.derivation == build.derivation }
    builds.append(build)
  }

  private mutating func arrive(_ path: StorePath, _ done: UInt64, _ expected: UInt64, at time: Duration) {
    // A second try begins at zero again; the bytes of the first did not arrive.
    if let index = copies.firstIndex(where: { $0.path == path }) {
      bytes = bytes &- copies[index].counted &+ done
      copies[index].done = done
      copies[index].expected = expected
      copies[index].counted = done
    } else {
      bytes = bytes &- (arrived.updateValue(done, forKey: path) ?? 0) &+ done
    }
    let sample = Sample(time: time, bytes: bytes)
    // A few samples a second say all that the rate needs, however chatty Nix is.
    if samples.count > 1, time - samples[samples.count - 2].time < .milliseconds(100) {
      samples[samples.count - 1] = sample
    } else {
      samples.removeAll { $0.time < time - Self.memory }
      samples.append(sample)
    }
  }

  /// Bytes a second over the last few seconds; `nil` where too little is known.
  func rate(at now: Duration) -> UInt64? {
    guard let last = samples.last else { return nil }
    let recent = samples.first { $0.time >= now - Self.window } ?? last
    let elapsed = (now - recent.time) / .seconds(1)
    guard elapsed >= 0.5, last.bytes >= recent.bytes else { return nil }
    return UInt64(saturating: Double(last.bytes - recent.bytes) / elapsed)
  }
}
