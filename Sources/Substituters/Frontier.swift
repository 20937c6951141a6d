import DequeModule
import NixModel
import Synchronization

/// The paths that a survey has still to ask for. The survey's tasks share it: each takes a path, asks for it, and hands in
/// the answers, which may bring further paths.
final class Frontier: Sendable {
  private struct State {
    /// Each with its distance: the number of references in a row that led to it.
    var waiting: Deque<(path: StorePath, distance: Int)>
    var known: KnownPaths
    /// How many more may be asked for.
    var room: Int
    /// Whether something was left out because there are too many.
    var isExhausted = false
    var found: [StorePath: [Survey.Answer]] = [:]
    var missing = 0
    /// How many tasks are asking.
    var busy = 0
    /// The tasks that wait for further paths, which the others may bring.
    var idle: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>
  private let isRecursive: Bool
  private let bounds: Surveyor.Bounds

  /// - Parameter bounds: how many paths are asked for at most, and how many references in a row are followed.
  init(_ roots: [StorePath], isRecursive: Bool, within bounds: Surveyor.Bounds) {
    self.isRecursive = isRecursive
    self.bounds = bounds
    let some = roots.unique.prefix(bounds.paths)
    state = Mutex(
      State(
        waiting: Deque(some.map { (path: $0, distance: 0) }), known: KnownPaths(roots),
        room: bounds.paths - some.count,
        isExhausted: some.count < roots.unique.count))
  }

  /// Whether the bounds left out some path.
  var isExhausted: Bool { state.withLock(\.isExhausted) }

  /// All answers.
  var found: [StorePath: [Survey.Answer]] { state.withLock(\.found) }

  /// For each name the path in `directory`, where it was heard of.
  func known(_ baseNames: [UnsafeBufferPointer<UInt8>], in directory: StoreDirectory) -> [StorePath?] {
    // All at once, because taking the lock for each name would block the other tasks.
    state.withLock { state in baseNames.map { state.known.path(named: $0, in: directory) } }
  }

  /// The next path to ask for, with its distance; `nil` once nothing is left and no task can bring more.
  func next() async -> (path: StorePath, distance: Int)? {
    while true {
      enum Turn {
        case path((path: StorePath, distance: Int))
        case wait
        case end
      }
      let turn = state.withLock { state -> Turn in
        // The nearest first, so that the distance is the shortest.
        if let next = state.waiting.popFirst() {
          state.busy += 1
          return .path(next)
        }
        return state.busy > 0 ? .wait : .end
      }
      switch turn {
      case .path(let next): return next
      case .end: return nil
      case .wait: await waitForNews()
      }
    }
  }

  /// Hands in the answers for a path, or `nil` where the survey was cancelled, and says how far the survey is.
  func handIn(
    _ answers: [Survey.Answer]?, for asked: (path: StorePath, distance: Int), of caches: Int
  ) -> SurveyProgress {
    let (progress, idle) = state.withLock { state in
      state.busy -= 1
      if let answers {
        let shared = answers.map { $0.sharingPaths(in: &state.known) }
        state.found[asked.path] = shared
        if !shared.contains(where: \.isOffer) { state.missing += 1 }
        if isRecursive { follow(state.known.news, at: asked.distance + 1, &state) }
        state.known.news.removeAll(keepingCapacity: true)
      } else {
        state.waiting.removeAll()
      }
      let progress = SurveyProgress(
        caches: caches, asked: state.found.count,
        known: state.found.count + state.busy + state.waiting.count, missing: state.missing)
      // As many are woken as there is something to do for, and all when it is over.
      let isOver = state.busy == 0 && state.waiting.isEmpty
      let count = isOver ? state.idle.count : min(state.idle.count, state.waiting.count)
      let woken = Array(state.idle.suffix(count))
      state.idle.removeLast(count)
      return (progress, woken)
    }
    for continuation in idle { continuation.resume() }
    return progress
  }

  private func follow(_ paths: [StorePath], at distance: Int, _ state: inout State) {
    let some = distance <= bounds.inARow ? paths.prefix(state.room) : []
    if some.count < paths.count { state.isExhausted = true }
    state.room -= some.count
    for path in some { state.waiting.append((path, distance)) }
  }

  private func waitForNews() async {
    await withCheckedContinuation { continuation in
      let isNews = state.withLock { state in
        guard state.waiting.isEmpty, state.busy > 0 else { return true }
        state.idle.append(continuation)
        return false
      }
      if isNews { continuation.resume() }
    }
  }
}
