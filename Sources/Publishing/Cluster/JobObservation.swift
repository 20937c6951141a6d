import Foundation

/// What the cluster said of a Job at one moment.
struct JobObservation: Hashable, Sendable {
  /// The Job, if there is one of that name.
  var job: ObservedJob?
  /// Its pods, and no other's.
  var pods: [ObservedPod] = []
  /// The last warning about each object, by its identity.
  var warnings: [String: String] = [:]
}

/// What we read of a `batch/v1 Job`.
struct ObservedJob: Decodable, Hashable, Sendable {
  var metadata: ObservedMetadata
  var status: Status?

  struct Status: Decodable, Hashable, Sendable {
    var conditions: [ObservedCondition]?
    var active: Int?
    var succeeded: Int?
    var failed: Int?
  }

  /// How it ended, if it did.
  var ending: (succeeded: Bool, condition: ObservedCondition)? {
    for condition in status?.conditions ?? [] where condition.status == "True" {
      if condition.type == "Complete" { return (true, condition) }
      if condition.type == "Failed" { return (false, condition) }
    }
    return nil
  }
}

struct ObservedMetadata: Decodable, Hashable, Sendable {
  var name: String
  var uid: String
  var annotations: [String: String]?
  var creationTimestamp: String?
}

struct ObservedCondition: Decodable, Hashable, Sendable {
  var type: String
  var status: String
  var reason: String?
  var message: String?
}

/// What we read of a `v1 Pod`.
struct ObservedPod: Decodable, Hashable, Sendable {
  var metadata: ObservedMetadata
  var status: Status?

  struct Status: Decodable, Hashable, Sendable {
    var phase: String?
    var reason: String?
    var message: String?
    var conditions: [ObservedCondition]?
    var initContainerStatuses: [ContainerStatus]?
    var containerStatuses: [ContainerStatus]?
  }

  struct ContainerStatus: Decodable, Hashable, Sendable {
    var name: String
    var image: String?
    var state: State?

    struct State: Decodable, Hashable, Sendable {
      var waiting: Waiting?
      var running: Running?
      var terminated: Terminated?
    }
    struct Waiting: Decodable, Hashable, Sendable {
      var reason: String?
      var message: String?
    }
    struct Running: Decodable, Hashable, Sendable { var startedAt: String? }
    struct Terminated: Decodable, Hashable, Sendable {
      var exitCode: Int32
      var reason: String?
      var message: String?
      var finishedAt: String?
    }
  }

  /// Which shard it is about.
  var index: Int? { metadata.annotations?["batch.kubernetes.io/job-completion-index"].flatMap { Int($0) } }

  func container(_ name: String) -> ContainerStatus? { status?.containerStatuses?.first { $0.name == name } }

  var isRunning: Bool { status?.phase == "Running" }
  /// Whether it has come to its end, one way or the other.
  var isOver: Bool { ["Succeeded", "Failed"].contains(status?.phase) }

  var allContainers: [ContainerStatus] {
    (status?.initContainerStatuses ?? []) + (status?.containerStatuses ?? [])
  }
}

/// What we read of a `v1 ConfigMap`.
struct ObservedConfigMap: Decodable, Hashable, Sendable {
  var data: [String: String]?
  var binaryData: [String: String]?
  var immutable: Bool?

  /// Whether it holds the very same files and cannot be changed.
  func isTheSame(as files: ConfigMap) -> Bool {
    data == files.data.entries && (binaryData ?? [:]).isEmpty && immutable == files.immutable
  }
}

/// A list, as `kubectl get … -o json` prints it.
struct ObservedList<Item: Decodable & Sendable>: Decodable, Sendable { var items: [Item] }

struct ObservedEvent: Decodable, Sendable {
  var involvedObject: Reference
  var reason: String?
  var message: String?
  var lastTimestamp: String?

  struct Reference: Decodable, Sendable { var uid: String? }
}
