import Synchronization

/// Waits for a Job, and hands on the output of its pods.
public struct JobFollower: Sendable {
  let kubectl: Kubectl
  let plan: JobPlan
  let submission: Submission
  let patience: Duration

  /// - Parameter patience: how long an obstacle or a silent cluster is tolerated.
  public init(_ submission: Submission, of plan: JobPlan, through kubectl: Kubectl, patience: Duration) {
    self.submission = submission
    self.plan = plan
    self.kubectl = kubectl
    self.patience = patience
  }

  /// The time limit for the last log lines of a Job that has ended.
  private static let graceOfLogs = Duration.seconds(20)

  /// Follows the Job to its end.
  ///
  /// - Parameters:
  ///   - progress: gets a phrase for the awaited event, whenever it changes.
  ///   - log: gets each line of the pods' logs, with the pod's name; `nil` to read no logs.
  /// - Throws: `CancellationError` if the wait was cancelled. The Job goes on.
  public func follow(
    progress: (String) -> Void, log: (@Sendable (_ pod: String, _ line: Substring) -> Void)?
  ) async throws -> JobEnd {
    try await withThrowingTaskGroup(of: Stream.self) { streams in
      var watch = JobWatch(uid: submission.uid, role: plan.role, shards: plan.shards, patience: patience)
      let clock = ContinuousClock()
      let start = clock.now
      var said = ""
      var followed: Set<String> = []
      var pause = Duration.milliseconds(500)
      while true {
        let step: JobWatch.Step
        do throws(KubectlError) {
          let observation = try await kubectl.observe(plan, uid: submission.uid)
          step = watch.note(observation, at: start.duration(to: clock.now))
          if let log {
            for pod in observation.pods where pod.hasStarted(plan.role.container) {
              guard followed.insert(pod.metadata.name).inserted else { continue }
              streams.addTask { await stream(pod.metadata.name, to: log) }
            }
          }
        } catch { step = watch.noteSilence(error, at: start.duration(to: clock.now)) }
        try Task.checkCancellation()
        switch step {
        case .over(let end):
          await drain(&streams, count: followed.count)
          return end
        case .underWay(let phrase):
          if phrase != said { progress(phrase) }
          said = phrase
        }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .seconds(5))
      }
    }
  }

  /// The sentence about `end` for a person.
  public func sentence(of end: JobEnd) -> String { end.sentence(of: plan, typed: kubectl.typed) }

  private enum Stream: Sendable { case ended, grace }

  private func drain(_ streams: inout ThrowingTaskGroup<Stream, any Error>, count: Int) async {
    var left = count
    streams.addTask {
      try? await Task.sleep(for: Self.graceOfLogs)
      return .grace
    }
    while left > 0, let next = try? await streams.next(), next == .ended { left -= 1 }
    streams.cancelAll()
  }

  private func stream(_ pod: String, to log: @escaping @Sendable (String, Substring) -> Void) async -> Stream
  {
    let cursor = Mutex(LogCursor())
    let take: @Sendable (Substring) -> Void = { line in
      if let text = cursor.withLock({ $0.take(line) }) { log(pod, text) }
    }
    // A broken log is continued, and a log that cannot be had at all ends with the wait. A log can also break
    // off without an error (a proxy's limit, a rotated file). So it is complete only if the container had
    // ended before it was asked for.
    var hadEnded = false
    while !Task.isCancelled {
      cursor.withLock { $0.resume() }
      let reading = try? await kubectl.followLog(
        of: pod, container: plan.role.container, since: cursor.withLock { $0.time }, line: take)
      if let reading, reading.isClean, hadEnded {
        // Only now is the rest known to be a whole line. Before, it could be half of a line, which comes
        // again in full.
        if !reading.rest.isEmpty { take(reading.rest) }
        break
      }
      hadEnded = await hasEnded(pod)
      if !hadEnded || reading?.isClean != true { try? await Task.sleep(for: .seconds(1)) }
    }
    return .ended
  }

  /// Whether the pod has ended. If it cannot be asked about, the answer is no, because it may go on.
  private func hasEnded(_ name: String) async -> Bool {
    do {
      guard let pod = try await kubectl.pod(name) else { return true }
      return pod.isOver || pod.container(plan.role.container)?.state?.terminated != nil
    } catch { return false }
  }
}

extension ObservedPod {
  fileprivate func hasStarted(_ container: String) -> Bool {
    let state = self.container(container)?.state
    return state?.running != nil || state?.terminated != nil
  }
}
