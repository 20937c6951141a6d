public import NixModel

/// Progress where there is no terminal: a line per phase, per copied path and per build, and each of
/// Nix's complaints once.
public struct PlainProgress: Sendable {
  private var said: Set<String> = []

  /// Nothing said yet.
  public init() {}

  /// The lines that `event` adds, without newlines: none for most.
  public mutating func lines(for event: ProgressEvent) -> [String] {
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
      guard let sentence = sentence(for: event.kind) else { return [] }
      return once(sentence)
    }
  }

  private func sentence(for kind: LogEvent.Kind) -> String? {
    switch kind {
    case .copyStarted(let path, let from): "copying \(path) from \(from)"
    case .buildStarted(let derivation): "building \(derivation)"
    case .buildStartedRemotely(let derivation, let machine): "building \(derivation) on \(machine)"
    case .postBuildHook(let derivation): "running the post-build hook for \(derivation)"
    case .complaint(let complaint): "Nix says: \(complaint.text)"
    case .copyStopped, .transferred, .buildStopped, .resolved, .progress: nil
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
  /// How many caches could not be asked.
  let silent: Int

  init(_ survey: Survey) {
    // All caches count here, accepted or not, because this is for a person who waits, and no verdict.
    let offers = survey.answers.keys.compactMap { survey.offer(of: $0, under: Policy()) }
    asked = survey.answers.count
    offered = offers.count
    bytes = offers.reduce(0) { $0 &+ $1.info.narinfo.narSize }
    silent = survey.caches.count(where: \.couldHaveAnswered)
  }

  var sentence: String {
    let rest = silent == 0 ? "" : ", \(Words.count(silent, "cache")) did not answer"
    let size = Quantity.bytes(bytes)
    return "the caches offer \(offered) of \(Words.count(asked, "path")), \(size) unpacked\(rest)"
  }
}
