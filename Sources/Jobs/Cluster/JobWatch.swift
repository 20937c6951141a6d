/// The state of a watched Job. It is told the cluster's answers and their times, and says whether to wait on.
/// It has no clock of its own.
struct JobWatch: Sendable {
  let uid: String
  let role: JobPlan.Role
  let shards: Int
  /// How long an obstacle may last before the wait ends.
  let patience: Duration

  private var obstacleSince: [JobEnd.Obstacle.Kind: Duration] = [:]
  /// The UIDs of the pods that had ended when the cluster last answered.
  private var ended: Set<String> = []
  private var silentSince: Duration?

  init(uid: String, role: JobPlan.Role, shards: Int, patience: Duration) {
    self.uid = uid
    self.role = role
    self.shards = shards
    self.patience = patience
  }

  enum Step: Hashable, Sendable {
    /// Wait on. The text names the awaited event in a few words.
    case underWay(String)
    case over(JobEnd)
  }

  /// Notes an answer of the cluster.
  mutating func note(_ observation: JobObservation, at now: Duration) -> Step {
    silentSince = nil
    guard let job = observation.job else { return .over(.unknown(.deleted)) }
    guard job.metadata.uid == uid else { return .over(.unknown(.replaced)) }
    if let ending = job.ending { return .over(conclusion(ending, observation.pods)) }

    let obstacle = obstacle(in: observation, of: job)
    // If a pod has ended since the last answer, it had room until then. So the patience for waiting pods
    // starts anew.
    let over = Set(observation.pods.filter(\.isOver).map(\.metadata.uid))
    if !over.isSubset(of: ended) { obstacleSince = [:] }
    ended = over
    obstacleSince = obstacle.map { [$0.kind: obstacleSince[$0.kind] ?? now] } ?? [:]
    if let obstacle {
      let isHopeless =
        if case .image(_, _, let message) = obstacle { message.hasPrefix("InvalidImageName") } else { false }
      if isHopeless || now - (obstacleSince[obstacle.kind] ?? now) >= patience {
        return .over(.unknown(.notStarting(obstacle)))
      }
      return .underWay("waiting: \(obstacle.phrase)")
    }
    return .underWay(phrase(job))
  }

  /// Notes that the cluster did not answer.
  mutating func noteSilence(_ error: KubectlError, at now: Duration) -> Step {
    let since = silentSince ?? now
    silentSince = since
    guard error.kind == .unreachable, now - since < patience else {
      return .over(.unknown(.noConnection(message: error.description)))
    }
    return .underWay("\(error); trying again")
  }

  private func phrase(_ job: ObservedJob) -> String {
    let status = job.status
    let done = (status?.succeeded ?? 0) + (status?.failed ?? 0)
    guard shards > 1 else { return (status?.active ?? 0) > 0 ? "a pod is at work" : "waiting for a pod" }
    return "\(status?.active ?? 0) pods at work, \(done) of \(shards) shards ended"
  }

  // MARK: - Obstacles

  /// The first obstacle. There is none while a pod is at work, because another pod may be waiting for its
  /// place.
  private func obstacle(in observation: JobObservation, of job: ObservedJob) -> JobEnd.Obstacle? {
    guard !observation.pods.contains(where: \.isRunning) else { return nil }
    for pod in observation.pods where pod.status?.phase == "Pending" {
      if let obstacle = Self.obstacle(to: pod, warning: observation.warnings[pod.metadata.uid]) {
        return obstacle
      }
    }
    if observation.pods.isEmpty, let warning = observation.warnings[job.metadata.uid] {
      return .noPod(message: warning)
    }
    return nil
  }

  private static let imageReasons: Set = [
    "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable",
    "ImageInspectError",
  ]

  private static func obstacle(to pod: ObservedPod, warning: String?) -> JobEnd.Obstacle? {
    let name = pod.metadata.name
    for condition in pod.status?.conditions ?? []
    where condition.type == "PodScheduled" && condition.status == "False"
      && condition.reason != "SchedulingGated"
    {
      return .unschedulable(pod: name, message: condition.message ?? condition.reason ?? "")
    }
    for container in pod.allContainers {
      guard let waiting = container.state?.waiting, let reason = waiting.reason else { continue }
      if imageReasons.contains(reason) {
        let message = [reason, waiting.message].compactMap(\.self).joined(separator: ": ")
        return .image(pod: name, image: container.image ?? "", message: message)
      }
      switch reason {
      // Usual in the first seconds. It is an obstacle only if there is a warning about the pod.
      case "ContainerCreating", "PodInitializing":
        if let warning { return .setup(pod: name, reason: reason, message: warning) }
      default: return .setup(pod: name, reason: reason, message: waiting.message ?? warning ?? "")
      }
    }
    return nil
  }

  // MARK: - The result

  private func conclusion(
    _ ending: (succeeded: Bool, condition: ObservedCondition), _ pods: [ObservedPod]
  ) -> JobEnd {
    if shards > 1 {
      let byIndex = Dictionary(grouping: pods) { $0.index ?? -1 }
      let tally = ShardTally(codes: (0..<shards).map { code(of: byIndex[$0] ?? []) })
      return ending.succeeded || tally.code != 0 ? .shards(tally) : .failed(failure(ending.condition, pods))
    }
    // A pod's exit code 0 counts only if the Job succeeded as well.
    let told = code(of: pods)
    if role == .prove, told == 1 { return .exited(code: 1) }
    if ending.succeeded { return .exited(code: 0) }
    // At its deadline the Job removes the pod that is at work. The exit code of an earlier pod is then not
    // the Job's result.
    if ending.condition.reason != Self.deadline, let told, told != 0 { return .exited(code: told) }
    return .failed(failure(ending.condition, pods))
  }

  private static let deadline = "DeadlineExceeded"

  /// The reason of a failed Job whose program did not state one.
  private func failure(_ condition: ObservedCondition, _ pods: [ObservedPod]) -> JobEnd.Failure {
    if condition.reason == Self.deadline { return .deadline }
    return inOrder(pods).last.flatMap(failure)
      ?? .unexplained(reason: condition.reason ?? "", message: condition.message ?? "")
  }

  /// The program's exit code in the last pod that it ran in. A cold verdict stays, even if later pods ended
  /// otherwise.
  private func code(of pods: [ObservedPod]) -> Int32? {
    let codes = inOrder(pods).map(ownCode)
    if role == .prove, codes.contains(1) { return 1 }
    return codes.last ?? nil
  }

  private func inOrder(_ pods: [ObservedPod]) -> [ObservedPod] {
    pods.sorted { left, right in
      let key = { (pod: ObservedPod) in
        pod.container(role.container)?.state?.terminated?.finishedAt ?? pod.metadata.creationTimestamp ?? ""
      }
      return (key(left), left.metadata.name) < (key(right), right.metadata.name)
    }
  }

  /// The exit code, if the program itself chose it. `nil` if a signal or the cluster ended the program.
  private func ownCode(of pod: ObservedPod) -> Int32? {
    guard let terminated = pod.container(role.container)?.state?.terminated, terminated.reason != "OOMKilled",
      pod.status?.reason != "Evicted", (0..<126).contains(terminated.exitCode)
    else { return nil }
    return terminated.exitCode
  }

  private func failure(of pod: ObservedPod) -> JobEnd.Failure? {
    let name = pod.metadata.name
    if pod.status?.reason == "Evicted" { return .evicted(pod: name, message: pod.status?.message ?? "") }
    if pod.allContainers.contains(where: { $0.state?.terminated?.reason == "OOMKilled" }) {
      return .outOfMemory(pod: name)
    }
    for container in pod.status?.initContainerStatuses ?? [] {
      guard let terminated = container.state?.terminated, terminated.exitCode != 0 else { continue }
      return .initFailed(
        pod: name, container: container.name, code: terminated.exitCode, message: terminated.message ?? "")
    }
    if let terminated = pod.container(role.container)?.state?.terminated, terminated.exitCode != 0 {
      return .killed(
        pod: name, code: terminated.exitCode,
        reason: [terminated.reason, terminated.message].compactMap(\.self).joined(separator: ": "))
    }
    return nil
  }
}
