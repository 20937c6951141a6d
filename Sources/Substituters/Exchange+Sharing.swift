import Synchronization

extension Exchange {
  /// The same exchange, in which identical requests under way at the same time are one: who comes second gets
  /// the answer of the first.
  var sharing: Exchange {
    let desk = Desk()
    return Exchange { request throws(ExchangeError) in try await desk.ask(request, self) }
  }
}

/// Where requests under way are known.
private final class Desk: Sendable {
  typealias Answer = Result<Response, ExchangeError>

  /// Who waits for each request under way.
  private let waiting = Mutex<[Request: [CheckedContinuation<Answer?, Never>]]>([:])

  func ask(_ request: Request, _ exchange: Exchange) async throws(ExchangeError) -> Response {
    while true {
      let isFirst = waiting.withLock { waiting in
        guard waiting[request] == nil else { return false }
        waiting[request] = []
        return true
      }
      if isFirst {
        let answer: Answer
        do { answer = .success(try await exchange.ask(request)) } catch { answer = .failure(error) }
        // Who was called off answers for nobody else.
        conclude(request, with: Task.isCancelled ? nil : answer)
        return try answer.get()
      }
      if let answer = await answer(to: request) { return try answer.get() }
    }
  }

  private func conclude(_ request: Request, with answer: Answer?) {
    let others = waiting.withLock { $0.removeValue(forKey: request) }
    for other in others ?? [] { other.resume(returning: answer) }
  }

  /// The answer of the first; `nil` where there is none, and one must ask oneself.
  private func answer(to request: Request) async -> Answer? {
    await withCheckedContinuation { continuation in
      let isUnderWay = waiting.withLock { waiting in
        guard waiting[request] != nil else { return false }
        waiting[request]?.append(continuation)
        return true
      }
      if !isUnderWay { continuation.resume(returning: nil) }
    }
  }
}
