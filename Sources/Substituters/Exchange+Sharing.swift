import Synchronization

extension Exchange {
  /// The same exchange, in which identical requests under way at the same time are one: the second caller gets the answer
  /// of the first.
  var sharing: Exchange {
    let underWay = RequestsUnderWay()
    return Exchange { request throws(ExchangeError) in try await underWay.ask(request, self) }
  }
}

/// The requests under way, so that identical ones are sent once.
private final class RequestsUnderWay: Sendable {
  typealias Answer = Result<Response, ExchangeError>

  /// The callers that wait for each request under way.
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
        // If the first caller was cancelled, its error is its own; let the others ask again.
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

  /// The answer of the first caller; `nil` where there is none, so that this caller must ask.
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
