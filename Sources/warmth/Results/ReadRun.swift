import EvidenceStore
import NixModel
import Proof
import Reporting

/// A run that was read back with all that explains it.
struct ReadRun {
  let explained: ExplainedRun
  let testimony: Testimony

  /// Reads the testimony of `run`, and explains it.
  ///
  /// - Parameters:
  ///   - asked: the run to compare every target with; by default those that no cache has are compared with the last run in
  ///     which they were warm.
  ///   - account: finds the path that is asked about.
  init(
    _ run: Run, in store: EvidenceStore, against asked: RunID? = nil,
    account: (Testimony) throws -> PathAccount? = { _ in nil }
  ) throws {
    func judgment(of run: Run) throws -> JudgedRun {
      JudgedRun(run, try reading { try store.testimony(of: run.start.id) })
    }
    let judged = try judgment(of: run)
    let explanation = explain(judged.testimony, judged.judgment, under: run.start.policy)
    let path = try account(judged.testimony)
    let comparisons = try Proof.comparisons(
      of: judged, explained: explanation, with: asked,
      latestWarmRun: { target in try reading { try store.latestWarmRun(of: target, before: run.start.id) } },
      reading: { id in
        guard let other = try reading({ try store.run(id) }) else {
          throw Failure(.evidence, "run \(id) is not in '\(store.path)' any more")
        }
        return try judgment(of: other)
      })
    if let asked, comparisons.isEmpty {
      throw Failure(
        .usage, "run \(asked) was not about a derivation that run \(run.start.id) was about, too")
    }
    testimony = judged.testimony
    explained = ExplainedRun(
      run: run, explanation: explanation, comparisons: comparisons, path: path,
      publications: try reading {
        try store.latestPublications(of: explanation.paths + [path?.path].compactMap(\.self))
      }, places: try reading { try store.publishingPlaces() })
  }
}
