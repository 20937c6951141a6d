public import NixModel

/// Progress where there is no terminal: a line per phase, per copied path and per build, and each of
/// Nix's complaints once.
public struct PlainProgress: Sendable {
  private var said: Set<String> = []
  /// What a person at a terminal would see.
  private var progress: LiveProgress
  private var lastWord = Duration.zero

  /// How long it is silent at most. CI systems take a longer silence for the end, and so do people.
  private static let longestSilence = Duration.seconds(30)

  /// Nothing said yet, of a run about so many targets.
  public init(targets: Int) { progress = LiveProgress(targets: targets) }

  /// The lines that `event` adds, which happened at `time` since the run began.
  public mutating func lines(for event: ProgressEvent, at time: Duration) -> [String] {
    progress.note(event, at: time)
    let lines = lines(for: event)
    if !lines.isEmpty { lastWord = time }
    return lines
  }

  /// A line on what is being waited for, where nothing was said for long; `nil` else.
  public mutating func heartbeat(at time: Duration) -> String? {
    guard time - lastWord >= Self.longestSilence else { return nil }
    lastWord = time
    return "after \(Quantity.duration(seconds: Int(time.components.seconds))): \(progress.waiting(at: time))"
  }

  /// The lines that `event` adds, without newlines: none for most.
  private mutating func lines(for event: ProgressEvent) -> [String] {
    switch event {
    case .environment(let environment):
      let caches = Words.count(environment.substituters.count, "substituter")
      let unasked = environment.substituters.compactMap { cache in
        cache.hindrance.map {
          "the substituter \(Words.line(cache.canonical)) is not asked beforehand: \($0)"
        }
      }
      return ["Nix \(Words.line(environment.nixVersion)), \(environment.system), \(caches)"] + unasked
    case .resolved(let targets, let unresolved):
      let outputs = Words.count(targets.reduce(0) { $0 + $1.outputs.count }, "output")
      let failed = unresolved.contains(where: \.wasEvaluated) ? "could not be" : "not"
      let failures = unresolved.isEmpty ? "" : ", \(unresolved.count) \(failed) evaluated"
      return ["resolved \(Words.count(targets.count, "target")), \(outputs)\(failures)"]
    case .surveying: return []
    case .surveyed(let survey): return [SurveySummary(survey).sentence]
    case .realizing: return ["realizing"]
    case .log(let event):
      if let line = Self.builderLine(event.kind) { return [line] }
      guard let sentence = sentence(for: event.kind) else { return [] }
      return once(sentence)
    }
  }

  /// A builder's line behind its name, as `nix build -L` prints it; `nil` of another event.
  public static func builderLine(_ kind: LogEvent.Kind) -> String? {
    guard case .builderSaid(let derivation, let line) = kind else { return nil }
    return "\(derivation.derivationName)> \(Words.line(line))"
  }

  private func sentence(for kind: LogEvent.Kind) -> String? {
    switch kind {
    case .copyStarted(let path, let from): "copying \(path) from \(from)"
    case .buildStarted(let derivation): "building \(derivation)"
    case .buildStartedRemotely(let derivation, let machine): "building \(derivation) on \(machine)"
    case .postBuildHook(let derivation): "running the post-build hook for \(derivation)"
    case .complaint(let complaint): "Nix says: \(complaint.text)"
    case .copyStopped, .transferred, .buildStopped, .resolved, .progress, .builderSaid: nil
    }
  }

  private mutating func once(_ sentence: String) -> [String] {
    let line = Words.line(sentence)
    return said.insert(line).inserted ? [line] : []
  }
}

/// A survey in numbers.
struct SurveySummary {
  /// How many paths were asked for.
  let asked: Int
  /// How many of them a cache offers.
  let offered: Int
  /// The unpacked size of the offered ones, in bytes.
  let bytes: UInt64
  /// The caches that could not be asked.
  let silentCaches: [String]
  /// The unpacked size of each offered one, in bytes.
  let sizes: [StorePath: UInt64]

  init(_ survey: Survey) {
    // All caches count here, accepted or not, because this is for a person who waits, and no verdict.
    sizes = survey.answers.compactMapValues { answers in
      Survey.offer(among: answers, under: Policy())?.info.narinfo.narSize
    }
    asked = survey.answers.count
    offered = sizes.count
    bytes = sizes.values.reduce(0) { $0 &+ $1 }
    silentCaches = survey.caches.filter(\.couldHaveAnswered).map { Words.line($0.url.canonical) }
  }

  var sentence: String {
    let silent = silentCaches.isEmpty ? "" : " (\(Words.list(silentCaches, naming: 3)))"
    let rest =
      silentCaches.isEmpty ? "" : ", \(Words.count(silentCaches.count, "cache")) did not answer\(silent)"
    let size = Quantity.bytes(bytes)
    return "the caches offer \(offered) of \(Words.count(asked, "path")), \(size) unpacked\(rest)"
  }
}
