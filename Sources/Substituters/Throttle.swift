import DequeModule
import Synchronization

/// Keeps to a server's ``Pace``: requests wait here for their turn.
final class Throttle: Sendable {
  private struct State {
    var pace: Pace
    var underWay = 0
    /// In the order in which they came.
    var waiting: Deque<CheckedContinuation<Void, Never>> = []
  }

  /// How often a request is sent again that the server refused because there were too many. While the server rests no
  /// request is sent, so that each try is more likely to be let in.
  private static let mostRefusals = 8

  private let state: Mutex<State>
  private let start = ContinuousClock.now

  /// - Parameter limit: how many requests are under way at once at most.
  init(limit: Int) { state = Mutex(State(pace: Pace(limit: limit))) }

  /// Sends a request in its turn, again where the server was asked too much.
  func ask(_ request: Request, _ exchange: Exchange) async throws(ExchangeError) -> Response {
    await enter()
    defer { leave() }
    var refusals = 0
    while true {
      try await rest()
      let sent = ContinuousClock.now
      let ticket = state.withLock { $0.pace.send() }
      let response: Response
      do { response = try await exchange.ask(request) } catch {
        switch error {
        case .unreachable, .stalled: state.withLock { $0.pace.strained(ticket) }
        case .tooLong: break
        }
        throw error
      }
      if response.asksForRest {
        let wish = response.retryAfter.map { Duration.seconds($0) }
        state.withLock { $0.pace.refused(ticket, at: .now - start, wish: wish) }
        refusals += 1
        guard refusals > Self.mostRefusals else { continue }
      } else if response.status >= 500 {
        state.withLock { $0.pace.strained(ticket) }
      } else {
        state.withLock { $0.pace.answered(ticket, after: .now - sent) }
      }
      return response
    }
  }

  private func rest() async throws(ExchangeError) {
    while true {
      let pause = state.withLock { $0.pace.resumption } - (ContinuousClock.now - start)
      guard pause > .zero else { return }
      do { try await Task.sleep(for: pause) } catch { throw .unreachable("the run was ended") }
    }
  }

  private func enter() async {
    let isFree = state.withLock { state in
      guard state.underWay < state.pace.room else { return false }
      state.underWay += 1
      return true
    }
    guard !isFree else { return }
    await withCheckedContinuation { continuation in
      state.withLock { $0.waiting.append(continuation) }
      admit()
    }
  }

  private func leave() {
    state.withLock { $0.underWay -= 1 }
    admit()
  }

  /// Lets in as many as there is room for.
  private func admit() {
    while let next = state.withLock({ state -> CheckedContinuation<Void, Never>? in
      guard state.underWay < state.pace.room, let next = state.waiting.popFirst() else { return nil }
      state.underWay += 1
      return next
    }) { next.resume() }
  }
}
