/// Lets so many in at once: real Nix in every test at the same time would be a load test.
public actor Turnstile {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// A turnstile for `count` at once.
  public init(_ count: Int) { free = count }

  /// Does `work` once there is room.
  public func pass<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result {
    await enter()
    do {
      let result = try await work()
      leave()
      return result
    } catch {
      leave()
      throw error
    }
  }

  private func enter() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  private func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
