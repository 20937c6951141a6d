import Foundation

/// The cluster's answer about a Job at one moment.
struct JobObservation: Hashable, Sendable {
  /// The Job, if there is one of that name.
  var job: ObservedJob?
  /// The pods of this Job, and no others.
  var pods: [ObservedPod] = []
  /// The last warning about each object, by the object's UID.
  var warnings: [String: String] = [:]
}

/// The fields of a `batch/v1 Job` that we read.
struct ObservedJob: Decodable, Hashable, Sendable {
  var metadata: ObservedMetadata
  var status: Status?

  struct Status: Decodable, Hashable, Sendable {
    var conditions: [ObservedCondition]?
    var active: Int?
    var succeeded: Int?
    var failed: Int?
  }

  /// The Job's end, if it has ended.
  var ending: (succeeded: Bool, condition: ObservedCondition)? {
    for condition in status?.conditions ?? [] where condition.status == "True" {
      if condition.type == "Complete" { return (true, condition) }
      if condition.type == "Failed" { return (false, condition) }
    }
    return nil
  }
}

/// The fields that we read of an object of any kind.
struct ObservedObject: Decodable, Hashable, Sendable {
  var metadata: ObservedMetadata
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

/// The fields of a `v1 Pod` that we read.
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

  /// The index of its shard, if the Job is indexed.
  var index: Int? { metadata.annotations?["batch.kubernetes.io/job-completion-index"].flatMap { Int($0) } }

  func container(_ name: String) -> ContainerStatus? { status?.containerStatuses?.first { $0.name == name } }

  var isRunning: Bool { status?.phase == "Running" }
  /// Whether the pod has ended, with success or not.
  var isOver: Bool { ["Succeeded", "Failed"].contains(status?.phase) }

  var allContainers: [ContainerStatus] {
    (status?.initContainerStatuses ?? []) + (status?.containerStatuses ?? [])
  }
}

/// The fields of a `v1 ConfigMap` that we read.
struct ObservedConfigMap: Decodable, Hashable, Sendable {
  var data: [String: String]?
  var binaryData: [String: String]?
  var immutable: Bool?

  /// Whether it holds exactly these files and cannot be changed.
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
