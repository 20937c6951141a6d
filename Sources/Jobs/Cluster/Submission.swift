import Foundation
import NixModel

/// The result of handing a Job to the cluster.
public enum Submission: Hashable, Sendable {
  /// The Job was made.
  case created(uid: String)
  /// A Job of the same plan is under way already.
  case joined(uid: String)

  var uid: String {
    switch self {
    case .created(let uid), .joined(let uid): uid
    }
  }
}

/// The result of handing a schedule to the cluster.
public enum Scheduling: Hashable, Sendable {
  case made
  /// A schedule of the same plan is there already.
  case kept
  /// It had another plan before.
  case changed
}

/// The reason for which a Job was not made.
public enum SubmissionError: Error, Hashable, Sendable {
  case kubectl(KubectlError)
  /// A Job of another plan has this name and is under way.
  case busy(name: String)
  /// A Job of this name has ended and is still there.
  case ended(name: String)
  /// A schedule of this name has another plan.
  case otherSchedule(name: String)
  /// A ConfigMap with the name of the Job's files exists, and holds something else or can be changed.
  case otherFiles(name: String)
  /// The cluster's answer cannot be read.
  case unreadable(String)
}

extension SubmissionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .kubectl(let error): "the Job was not made: \(error)"
    case .busy(let name):
      "another Job '\(name)' is at work, and a Job cannot be changed: wait for it, delete it, or choose another --name"
    case .ended(let name):
      "there is an ended Job '\(name)': --replace takes it away first, or choose another --name"
    case .otherSchedule(let name):
      "there is a CronJob '\(name)' of another plan: --replace gives it this one, or choose another --name"
    case .otherFiles(let name):
      "there is a ConfigMap '\(name)' that does not hold what the Job needs, or can still be changed: the Job would run what somebody else wrote, and was not made. Ask whose it is, and delete it or choose another --name"
    case .unreadable(let cause): "what kubectl says of the Job cannot be read: \(cause)"
    }
  }
}

extension Kubectl {
  /// Makes the Job and its files.
  ///
  /// A Job cannot be changed. If a Job of the very same plan is under way, it is joined. So an operator who
  /// lost the connection can repeat the command.
  ///
  /// - Parameter replacing: whether to delete an ended Job of this name first.
  public func submit(_ plan: JobPlan, replacing: Bool) async throws(SubmissionError) -> Submission {
    if let old = try await answering({ () throws(KubectlError) in try await job(plan.name) }) {
      if old.ending == nil {
        guard old.metadata.annotations?[JobPlan.digestKey] == plan.digest else {
          throw .busy(name: plan.name)
        }
        return .joined(uid: old.metadata.uid)
      }
      guard replacing else { throw .ended(name: plan.name) }
      _ = try await answering { () throws(KubectlError) in
        try await run(["delete", "job", plan.name, "--ignore-not-found", "--wait", "--timeout=60s"])
      }
    }
    try await makeFiles(of: plan)
    let made = try await hand(.job(plan.job), by: "create")
    do {
      return .created(uid: try JSONDecoder().decode(ObservedJob.self, from: Data(made.utf8)).metadata.uid)
    } catch { throw .unreadable("\(error)".excerpt) }
  }

  /// Makes the schedule of a plan and its files.
  ///
  /// - Parameter replacing: whether a schedule of this name gets this plan, if it has another. Jobs that it has made
  ///   stay.
  public func schedule(_ plan: JobPlan, replacing: Bool) async throws(SubmissionError) -> Scheduling {
    try await makeFiles(of: plan)
    do {
      _ = try await hand(plan.last, by: "create")
      return .made
    } catch .kubectl(let error) where error.kind == .exists {
      let there: ObservedObject? = try await answering { () throws(KubectlError) in
        try await get(["cronjob", plan.name, "--ignore-not-found"])
      }
      guard there?.metadata.annotations?[JobPlan.digestKey] != plan.digest else { return .kept }
      guard replacing else { throw .otherSchedule(name: plan.name) }
      _ = try await hand(plan.last, by: "replace")
      return .changed
    }
  }

  private func makeFiles(of plan: JobPlan) async throws(SubmissionError) {
    guard let files = plan.files else { return }
    do { _ = try await hand(.configMap(files), by: "create") } catch .kubectl(let error)
      where error.kind == .exists
    {
      // The name promises a content, and another user of the namespace may have put other files there before. So the
      // content is checked.
      let there = try await answering { () throws(KubectlError) in try await configMap(files.name) }
      guard there?.isTheSame(as: files) == true else { throw .otherFiles(name: files.name) }
    }
  }

  /// - Parameter verb: `create` or `replace`.
  /// - Returns: the object in JSON, as the cluster has it.
  private func hand(_ document: Manifest, by verb: String) async throws(SubmissionError) -> String {
    // A file and no pipe: if kubectl ended before it had read everything, writing to the pipe would end this
    // process (SIGPIPE).
    let file = FileManager.default.temporaryDirectory.appending(path: "warmth-job-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    do { try document.yaml.write(to: file, atomically: false, encoding: .utf8) } catch {
      throw .unreadable("its manifest cannot be written to \(file.path): \(error.localizedDescription)")
    }
    return try await answering { () throws(KubectlError) in
      try await run([verb, "--filename", file.path, "--output", "json"])
    }
  }

  private func answering<Value: Sendable>(
    _ ask: () async throws(KubectlError) -> Value
  ) async throws(SubmissionError) -> Value {
    do { return try await ask() } catch { throw .kubectl(error) }
  }

  /// The Job of this name, if there is one.
  func job(_ name: String) async throws(KubectlError) -> ObservedJob? {
    try await get(["job", name, "--ignore-not-found"])
  }

  private func configMap(_ name: String) async throws(KubectlError) -> ObservedConfigMap? {
    try await get(["configmap", name, "--ignore-not-found"])
  }

  /// The pod of this name, if there is one.
  func pod(_ name: String) async throws(KubectlError) -> ObservedPod? {
    try await get(["pod", name, "--ignore-not-found"])
  }

  /// The Job, its pods, and warnings about them.
  func observe(_ plan: JobPlan, uid: String) async throws(KubectlError) -> JobObservation {
    guard let job = try await job(plan.name) else { return JobObservation() }
    guard job.metadata.uid == uid else { return JobObservation(job: job) }
    // This is the older name of the label. Newer clusters set it as well.
    let pods: ObservedList<ObservedPod>? = try await get(["pods", "--selector", "controller-uid=\(uid)"])
    var observation = JobObservation(job: job, pods: pods?.items ?? [])
    guard job.ending == nil, !observation.pods.contains(where: \.isRunning) else {
      return observation
    }
    // Events explain why nothing starts, so they are read only while nothing runs. Without the right to read
    // them, the explanation is missing.
    let events: ObservedList<ObservedEvent>? = try? await get(["events", "--field-selector", "type=Warning"])
    for event in (events?.items ?? []).sorted(by: { ($0.lastTimestamp ?? "") < ($1.lastTimestamp ?? "") }) {
      guard let uid = event.involvedObject.uid else { continue }
      observation.warnings[uid] = [event.reason, event.message].compactMap(\.self).joined(separator: ": ")
    }
    return observation
  }

  private func get<Value: Decodable>(_ what: [String]) async throws(KubectlError) -> Value? {
    let text = try await run(["get"] + what + ["--output", "json"])
    guard !text.allSatisfy(\.isWhitespace) else { return nil }
    do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
      throw KubectlError(kind: .refused, program: program, text: "what it prints cannot be read: \(error)")
    }
  }
}
