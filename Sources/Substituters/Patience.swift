/// How often a request is tried again where the error may pass: no connection, 5xx, and what a server cannot answer now
/// (408, 425). Refusals of too many requests are the
/// business of the ``Throttle``.
///
/// Nix tries five times with growing pauses. A survey that gave up sooner would call a cache silent from which Nix gets
/// its paths; a survey that tried longer would make everyone wait.
public struct Patience: Sendable {
  /// How long to wait before each further try.
  public let pauses: [Duration]
  /// How to wait; tests do not.
  public let wait: @Sendable (Duration) async -> Void

  /// Two further tries, after 0.2 and 0.8 seconds.
  public static let standard = Patience(pauses: [.milliseconds(200), .milliseconds(800)])

  /// A schedule.
  public init(
    pauses: [Duration],
    wait: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
  ) {
    self.pauses = pauses
    self.wait = wait
  }

  func ask(_ request: Request, _ exchange: Exchange) async throws(ExchangeError) -> Response {
    var stalls = 0
    for pause in pauses {
      do {
        let response = try await exchange.ask(request)
        let mayPass = response.status >= 500 || [408, 425].contains(response.status)
        guard mayPass, !response.asksForRest else { return response }
        await wait(pause)
      } catch {
        switch error {
        case .unreachable: await wait(pause)
        case .stalled:
          // A server that let us wait once may have had a bad moment; twice, and everyone waits for it.
          stalls += 1
          guard stalls < 2 else { throw error }
        case .tooLong: throw error
        }
      }
      if Task.isCancelled { throw .unreachable("the run was ended") }
    }
    return try await exchange.ask(request)
  }
}
