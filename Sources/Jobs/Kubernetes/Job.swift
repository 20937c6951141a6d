/// Work that runs to its end (`batch/v1 Job`).
public struct Job: Encodable, Hashable, Sendable {
  let apiVersion = "batch/v1"
  let kind = "Job"
  var metadata: ObjectMeta
  var spec: JobSpec
}

struct JobSpec: Encodable, Hashable, Sendable {
  var completionMode: String?
  var completions: Int?
  var parallelism: Int?
  /// How many failed pods are replaced by another pod.
  var backoffLimit: Int?
  /// The same, counted for each index.
  var backoffLimitPerIndex: Int?
  /// Seconds from the Job's start until Kubernetes ends it.
  var activeDeadlineSeconds: Int
  /// Seconds from the Job's end until Kubernetes removes it.
  var ttlSecondsAfterFinished: Int
  var podFailurePolicy: PodFailurePolicy
  var template: PodTemplate
}

struct PodTemplate: Encodable, Hashable, Sendable {
  var metadata: ObjectMeta
  var spec: PodSpec
}

/// The meaning of a failed pod for its Job. The first rule that matches decides.
struct PodFailurePolicy: Encodable, Hashable, Sendable {
  var rules: [Rule]

  struct Rule: Encodable, Hashable, Sendable {
    var action: Action
    var onExitCodes: OnExitCodes?
    var onPodConditions: [OnPodCondition]?

    /// Ignores a pod that was taken away (a drained node, a preemption), because its end says nothing about
    /// its work.
    static let ignoringDisruption = Rule(
      action: .ignore, onPodConditions: [OnPodCondition(type: "DisruptionTarget", status: "True")])

    static func on(_ values: [Int], of container: String, _ action: Action) -> Rule {
      Rule(
        action: action, onExitCodes: OnExitCodes(containerName: container, operator: "In", values: values))
    }
  }

  enum Action: String, Encodable, Sendable {
    case failJob = "FailJob"
    case failIndex = "FailIndex"
    case count = "Count"
    case ignore = "Ignore"
  }

  struct OnExitCodes: Encodable, Hashable, Sendable {
    var containerName: String
    var `operator`: String
    var values: [Int]
  }

  struct OnPodCondition: Encodable, Hashable, Sendable {
    var type: String
    var status: String
  }
}
