/// Work that is done to its end (`batch/v1 Job`).
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
  /// How often a pod that failed is followed by another.
  var backoffLimit: Int?
  /// The same for each index of its own.
  var backoffLimitPerIndex: Int?
  /// Seconds from its start until it is ended.
  var activeDeadlineSeconds: Int
  /// Seconds from its end until it is removed.
  var ttlSecondsAfterFinished: Int
  var podFailurePolicy: PodFailurePolicy
  var template: PodTemplate
}

struct PodTemplate: Encodable, Hashable, Sendable {
  var metadata: ObjectMeta
  var spec: PodSpec
}

/// What a failed pod means for its Job; the first rule that fits decides.
struct PodFailurePolicy: Encodable, Hashable, Sendable {
  var rules: [Rule]

  struct Rule: Encodable, Hashable, Sendable {
    var action: Action
    var onExitCodes: OnExitCodes?
    var onPodConditions: [OnPodCondition]?

    /// A pod that somebody took away (a drained node, a preemption) says nothing of its work.
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
