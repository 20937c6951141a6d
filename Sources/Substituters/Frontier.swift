import DequeModule
import NixModel
import Synchronization

/// What a survey has still to ask, shared by those who ask: each takes a path, asks for it, and hands in what
/// was answered, which may bring further paths.
final class Frontier: Sendable {
  private struct State {
    var waiting: Deque<StorePath>
    var known: KnownPaths
    var found: [StorePath: [Survey.Answer]] = [:]
    var missing = 0
    /// Who asks at the moment.
    var busy = 0
    /// Who waits for more to ask, while somebody still asks.
    var idle: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>
  private let isRecursive: Bool

  init(_ roots: [StorePath], isRecursive: Bool) {
    self.isRecursive = isRecursive
    state = Mutex(State(waiting: Deque(roots.unique), known: KnownPaths(roots)))
  }

  /// Everything that was answered.
  var found: [StorePath: [Survey.Answer]] { state.withLock(\.found) }

  /// Of each name the path in `directory`, where it was heard of.
  func known(_ baseNames: [UnsafeBufferPointer<UInt8>], in directory: StoreDirectory) -> [StorePath?] {
    // All at once: who asks for each by itself gets into the way of the others.
    state.withLock { state in baseNames.map { state.known.path(named: $0, in: directory) } }
  }

  /// The next path to ask for; `nil` once nothing is left and nobody can bring more.
  func next() async -> StorePath? {
    while true {
      enum Turn {
        case path(StorePath)
        case wait
        case end
      }
      let turn = state.withLock { state -> Turn in
        if let path = state.waiting.popLast() {
          state.busy += 1
          return .path(path)
        }
        return state.busy > 0 ? .wait : .end
      }
      switch turn {
      case .path(let path): return path
      case .end: return nil
      case .wait: await waitForNews()
      }
    }
  }

  /// Hands in what was answered for `path`, or that it was not asked to the end; says how far the survey is.
  func handIn(_ answers: [Survey.Answer]?, for path: StorePath, of caches: Int) -> SurveyProgress {
    let (progress, idle) = state.withLock { state in
      state.busy -= 1
      if let answers {
        let shared = answers.map { $0.sharingPaths(in: &state.known) }
        state.found[path] = shared
        if !shared.contains(where: \.isOffer) { state.missing += 1 }
        if isRecursive { state.waiting += state.known.news }
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
