extension JobEnd {
  /// The sentence for a person: the event, its meaning, and the next step.
  ///
  /// - Parameter typed: the full command line of a kubectl command, as the operator types it for this
  ///   cluster.
  func sentence(of plan: JobPlan, typed: (String) -> String) -> String {
    let job = "the Job '\(plan.name)'"
    let selector = "-l job-name=\(plan.name)"
    switch self {
    case .exited(let code): return "\(job) has ended: \(plan.role.phrase(of: code))"
    case .shards(let tally):
      return "\(job) has ended: \(tally.phrase(of: plan.role)). Join the evidence of all: "
        + "\(typed("logs \(selector) --prefix --tail=-1")) > logs && warmth audit import logs"
    case .failed(let failure):
      return "\(job) has failed: \(failure.phrase). \(plan.role.meaningOfFailure) "
        + failure.remedy(typed, selector)
    case .unknown(.deleted):
      return "\(job) is no more: somebody deleted it. \(plan.role.meaningOfNothing) Apply it again."
    case .unknown(.replaced):
      return "\(job) is another one now: somebody replaced it while we waited. \(plan.role.meaningOfNothing) "
        + "Give yours a --name of its own."
    case .unknown(.notStarting(let obstacle)):
      return "\(job) does not start: \(obstacle.phrase). \(plan.role.meaningOfNothing) \(obstacle.remedy) "
        + "The Job is left as it is; take it away with \(typed("delete job \(plan.name)"))"
    case .unknown(.noConnection(let message)):
      return
        "\(job) is out of sight: \(message.ending(with: ".")) \(plan.role.meaningOfNothing) The Job goes on by "
        + "itself; the same command with --apply --wait follows it again while it runs, and "
        + "\(typed("get job \(plan.name)")) tells of it"
    }
  }
}

extension JobPlan.Role {
  fileprivate func phrase(of code: Int32) -> String {
    switch (self, code) {
    case (.prove, 0): "warm"
    case (.prove, 1): "cold"
    case (.prove, 2): "inconclusive, in every pod that tried; the pods' logs have the reasons"
    case (.prove, 73): "warm, but a report could not be written"
    case (.prove, 74):
      "the evidence could not be written or handed out, so that its verdict does not count; the pod's log says why"
    case (.prewarm, 0): "published, or built where nothing was to be published"
    case (.prewarm, 1): "not everything was built, published and served; the pod's log says what was not"
    case (.prewarm, 2): "not all could be found out; the pod's log says what could not"
    case (.prewarm, 69): "a program is missing in the image; the pod's log says which"
    case (.prewarm, 74): "done, but its evidence could not be handed out; the pod's log says why"
    case (_, 64): "wrong usage (exit code 64); the pod's log says what is wrong with it"
    case (_, 70): "a fault of warmth (exit code 70); please report it with the pod's log"
    default: "exit code \(code); the pod's log says more"
    }
  }

  /// The meaning of a failed Job whose program stated no result.
  fileprivate var meaningOfFailure: String {
    switch self {
    case .prove: "That proves nothing either way."
    case .prewarm: "What was pushed before stays in the cache; the rest is not there."
    }
  }

  fileprivate var meaningOfNothing: String {
    switch self {
    case .prove: "That proves nothing either way."
    case .prewarm: "Whether the cache was warmed is not known."
    }
  }
}

extension ShardTally {
  fileprivate func phrase(of role: JobPlan.Role) -> String {
    let (bad, good, none) =
      switch role {
      case .prove: ("cold", "warm", "without a verdict")
      case .prewarm: ("failed", "published", "without an answer")
      }
    func shards(_ what: String, where fits: (Int32?) -> Bool) -> String? {
      let which = codes.indices.filter { fits(codes[$0]) }
      guard !which.isEmpty else { return nil }
      if which.count == codes.count { return "all \(codes.count) shards \(what)" }
      return "\(what): shard \(which.map(String.init).joined(separator: ", "))"
    }
    return [
      shards(bad) { $0 == 1 }, shards(good) { $0 == 0 },
      shards(none) { $0 != nil && $0 != 0 && $0 != 1 },
      shards("not heard of") { $0 == nil },
    ].compactMap(\.self).joined(separator: "; ")
  }
}

extension JobEnd.Failure {
  fileprivate var phrase: String {
    switch self {
    case .deadline: "it took longer than its deadline, and its pods were ended"
    case .evicted(let pod, let message):
      "its pod '\(pod)' was evicted\(message.isEmpty ? "" : ": \(message.told)")"
    case .outOfMemory(let pod): "its pod '\(pod)' ran out of memory and was killed"
    case .killed(let pod, let code, let reason):
      "its pod '\(pod)' was ended with code \(code)\(reason.isEmpty ? "" : " (\(reason.told))")"
    case .initFailed(let pod, let container, let code, let message):
      "in its pod '\(pod)', '\(container)' ended with code \(code)\(message.isEmpty ? "" : ": \(message.told)")"
    case .unexplained(let reason, let message):
      "\(message.isEmpty ? reason : message.told), and no pod is left that says more"
    }
  }

  fileprivate func remedy(_ typed: (String) -> String, _ selector: String) -> String {
    switch self {
    case .deadline:
      "Allow it more time with --deadline, and look what took so long: \(typed("logs \(selector)"))"
    case .evicted:
      "Ask for what it needs (--memory, and sizes of scratch), or choose another node with --hostname."
    case .outOfMemory: "Allow it more with --memory-limit, and ask for it with --memory."
    case .killed(let pod, _, _), .initFailed(let pod, _, _, _):
      "Look at it: \(typed("describe pod \(pod)"))"
    case .unexplained: "Apply it again with --replace."
    }
  }
}

extension JobEnd.Obstacle {
  var phrase: String {
    switch self {
    case .image(let pod, let image, let message):
      "the image '\(image)' of its pod '\(pod)' cannot be pulled (\(message.told))"
    case .unschedulable(let pod, let message):
      "no node takes its pod '\(pod)' (\(message.told))"
    case .setup(let pod, let reason, let message):
      "its pod '\(pod)' cannot be set up (\(reason): \(message.told))"
    case .noPod(let message): "no pod is made for it (\(message.told))"
    }
  }

  fileprivate var remedy: String {
    switch self {
    case .image:
      "Check --image and --warmth-image, and name a Secret for private ones with --image-pull-secret."
    case .unschedulable:
      "Label a node that can do it (\(JobEnvelope.capability)=true), or choose others with --node-selector, --hostname, --toleration, or ask for less with --cpu and --memory; --patience waits longer."
    case .setup: "Make the Secret or the device that it lacks, in the Job's namespace and on its node."
    case .noPod: "Ask who limits that namespace (quotas, pod security); a prewarm's pod is privileged."
    }
  }
}

extension String {
  /// The text with exactly one `sign` at its end.
  fileprivate func ending(with sign: Character) -> String { last == sign ? self : self + String(sign) }
}
