import Foundation
import NIOConcurrencyHelpers

/// A Kubernetes API server as far as a Job needs one: it listens for real, keeps ConfigMaps and Jobs as the REST
/// contract says (404, 409, `Status` objects, discovery), and lets a script say what becomes of a Job's pods.
///
/// Time is told by how often the Job was asked for: each time is a moment of the script.
public final class KubernetesServer: Sendable {
  /// What has become of a Job at a moment.
  public struct Moment: Sendable {
    public var conditions: [JSON] = []
    public var pods: [JSON] = []
    /// Warnings about the pods and the Job, by the names of these.
    public var warnings: [String: String] = [:]
    /// Whether somebody has deleted the Job, or made another of its name.
    public var fate = Fate.stays
    /// Whether connections break off.
    public var isUnreachable = false

    public enum Fate: Sendable { case stays, deleted, replaced }

    public init(
      _ pods: [JSON] = [], _ conditions: [JSON] = [], warnings: [String: String] = [:], fate: Fate = .stays,
      isUnreachable: Bool = false
    ) {
      (self.pods, self.conditions, self.warnings) = (pods, conditions, warnings)
      (self.fate, self.isUnreachable) = (fate, isUnreachable)
    }
  }

  fileprivate struct State {
    var objects: [String: JSON] = [:]
    var count = 0
    /// How often a Job was asked for since it was made.
    var asked = 0
    var logRequests = 0
  }

  private let state = NIOLockedValueBox(State())
  private let stub: StubCache
  /// The namespace of the kubeconfig that it writes.
  public static let namespace = "lab"

  /// - Parameters:
  ///   - log: what a pod prints, each line with its time in front; the second number counts requests of logs.
  ///   - script: what has become of the Job when it is asked for the so many-th time, from 1.
  public init(
    log: @escaping @Sendable (_ pod: String, _ request: Int) -> StubCache.Answer = { _, _ in .text("") },
    script: @escaping @Sendable (_ asked: Int) -> Moment
  ) async throws {
    let state = state
    stub = try await StubCache { request in
      state.withLockedValue { $0.answer(request, log, script) }
    }
  }

  /// What it was asked, without discovery.
  public var requests: [String] {
    stub.requests.map { "\($0.method) \($0.path)" }.filter { $0.contains("/namespaces/") }
  }

  /// The objects that it has, by their paths.
  public var objects: [String: JSON] { state.withLockedValue(\.objects) }

  /// Makes another object of one that it has, as somebody else with the rights could.
  public func change(_ path: String, _ change: (JSON) -> JSON) {
    state.withLockedValue { state in state.objects[path] = state.objects[path].map(change) }
  }

  /// Stops listening.
  public func stop() async throws { try await stub.stop() }

  /// Writes a kubeconfig that leads to it.
  public func writeConfiguration(to file: String) throws {
    try """
    apiVersion: v1
    kind: Config
    clusters: [{name: lab, cluster: {server: "\(stub.url)"}}]
    contexts: [{name: lab, context: {cluster: lab, user: lab, namespace: \(Self.namespace)}}]
    users: [{name: lab, user: {}}]
    current-context: lab
    """.write(toFile: file, atomically: true, encoding: .utf8)
  }
}

// MARK: - Pods as scripts say them

extension JSON {
  /// A pod of the Job, with its containers' states.
  public static func pod(
    _ name: String, phase: String = "Running", index: Int? = nil, state: JSON? = nil, initState: JSON? = nil,
    container: String = "warmth-prover", reason: String? = nil, message: String? = nil,
    conditions: [JSON] = []
  ) -> JSON {
    var annotations: [String: JSON] = [:]
    if let index { annotations["batch.kubernetes.io/job-completion-index"] = .string("\(index)") }
    var status: [String: JSON] = ["phase": .string(phase), "conditions": .array(conditions)]
    if let reason { status["reason"] = .string(reason) }
    if let message { status["message"] = .string(message) }
    func containers(_ name: String, _ state: JSON) -> JSON {
      [["name": .string(name), "image": "registry.example.org/warmth:0.1.0", "state": state]]
    }
    if let state { status["containerStatuses"] = containers(container, state) }
    if let initState { status["initContainerStatuses"] = containers("install-warmth", initState) }
    return [
      "apiVersion": "v1", "kind": "Pod",
      "metadata": [
        "name": .string(name), "namespace": .string(KubernetesServer.namespace),
        "uid": .string("uid-of-\(name)"),
        "annotations": .object(annotations), "creationTimestamp": "2026-05-03T12:00:00Z",
      ],
      "spec": ["containers": [["name": .string(container), "image": "registry.example.org/warmth:0.1.0"]]],
      "status": .object(status),
    ]
  }

  public static let running: JSON = ["running": ["startedAt": "2026-05-03T12:00:01Z"]]

  public static func waiting(_ reason: String, _ message: String) -> JSON {
    ["waiting": ["reason": .string(reason), "message": .string(message)]]
  }

  public static func terminated(_ code: Int, reason: String? = nil, at time: String = "12:05:00") -> JSON {
    [
      "terminated": [
        "exitCode": .number(code), "reason": .string(reason ?? (code == 0 ? "Completed" : "Error")),
        "finishedAt": .string("2026-05-03T\(time)Z"),
      ]
    ]
  }

  /// A condition that holds.
  public static func condition(
    _ type: String, reason: String = "", message: String = "", status: String = "True"
  ) -> JSON {
    [
      "type": .string(type), "status": .string(status), "reason": .string(reason),
      "message": .string(message),
    ]
  }
}

// MARK: - The contract

extension KubernetesServer.State {
  mutating func answer(
    _ request: StubCache.Request, _ log: (String, Int) -> StubCache.Answer,
    _ script: (Int) -> KubernetesServer.Moment
  ) -> StubCache.Answer {
    let parts = request.path.split(separator: "?", maxSplits: 1)
    let path = String(parts.first ?? "")
    if let found = Self.discovery[path] { return .json(found) }
    // Without a description of the objects kubectl leaves it to the server to check them.
    if path.hasPrefix("/openapi/v2") {
      return StubCache.Answer(
        status: 200,
        headers: [
          "Content-Type": "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
        ])
    }
    let names = path.split(separator: "/").map(String.init)
    // kubectl 1.20 asks whether there is such a namespace at all, where it finds no object in it.
    if names.suffix(2) == ["namespaces", KubernetesServer.namespace] {
      return .json([
        "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(KubernetesServer.namespace)],
      ])
    }
    guard let at = names.firstIndex(of: "namespaces"), names.count > at + 2 else {
      return .status(404, "NotFound", path)
    }
    let (resource, name) = (names[at + 2], names.count > at + 3 ? names[at + 3] : nil)
    if resource == "jobs", name != nil, request.method == "GET" { asked += 1 }
    let moment = script(max(asked, 1))
    if moment.isUnreachable { return StubCache.Answer(status: 200, body: Array("…".utf8)).cut(after: 0) }
    if let job = objects.keys.first(where: { $0.contains("/jobs/") }), moment.fate != .stays {
      if moment.fate == .deleted {
        objects[job] = nil
      } else {
        objects[job] = objects[job]?.named("uid", "another")
      }
    }
    switch (request.method, resource, name) {
    case ("POST", "configmaps", nil), ("POST", "jobs", nil), ("POST", "cronjobs", nil):
      return create(request, at: path)
    case ("PUT", "cronjobs", .some):
      guard let object = try? JSONDecoder().decode(JSON.self, from: Data(request.body)) else {
        return .status(400, "BadRequest", "the object is no JSON")
      }
      objects[path] = object
      return .json(object)
    case ("GET", "pods", let pod?):
      if names.last == "log" {
        logRequests += 1
        return log(pod, logRequests)
      }
      return moment.pods.first { $0["metadata"]?["name"] == .string(pod) }.map { .json($0) }
        ?? .status(404, "NotFound", "pods \"\(pod)\" not found")
    case ("GET", "pods", nil): return .json(.list("PodList", moment.pods))
    case ("GET", "events", nil): return .json(.list("EventList", events(moment)))
    case ("GET", "jobs", .some):
      guard let job = objects[path] else {
        return .status(404, "NotFound", "jobs.batch \"\(name ?? "")\" not found")
      }
      return .json(job.with("status", ["conditions": .array(moment.conditions), "active": 1]))
    case ("GET", "jobs", nil), ("GET", "configmaps", nil): return .json(.list("List", []))
    case ("GET", _, .some), ("DELETE", _, .some):
      guard let object = objects[path] else {
        return .status(404, "NotFound", "\(resource) \"\(name ?? "")\" not found")
      }
      if request.method == "DELETE" {
        objects[path] = nil
        return .json(["kind": "Status", "apiVersion": "v1", "status": "Success"])
      }
      return .json(object)
    default: return .status(405, "MethodNotAllowed", "\(request.method) \(path)")
    }
  }

  private mutating func create(_ request: StubCache.Request, at path: String) -> StubCache.Answer {
    guard let object = try? JSONDecoder().decode(JSON.self, from: Data(request.body)),
      let name = object["metadata"]?["name"]?.text
    else { return .status(400, "BadRequest", "the object has no name, or is no JSON") }
    guard objects["\(path)/\(name)"] == nil else {
      return .status(
        409, "AlreadyExists", "\(path.split(separator: "/").last ?? "") \"\(name)\" already exists")
    }
    count += 1
    if path.hasSuffix("jobs") { asked = 0 }
    let made = object.named("uid", "uid-\(count)").named("namespace", KubernetesServer.namespace)
    objects["\(path)/\(name)"] = made
    return .json(made, status: 201)
  }

  private func events(_ moment: KubernetesServer.Moment) -> [JSON] {
    moment.warnings.map { name, message in
      let job = objects.first { $0.key.hasSuffix("/jobs/\(name)") }
      let uid = job?.value["metadata"]?["uid"] ?? .string("uid-of-\(name)")
      return [
        "apiVersion": "v1", "kind": "Event", "metadata": ["name": .string("event-\(name)")],
        "involvedObject": ["uid": uid], "type": "Warning", "reason": "Failed", "message": .string(message),
      ]
    }
  }

  private static let discovery: [String: JSON] = [
    "/api": ["kind": "APIVersions", "versions": ["v1"]],
    "/apis": [
      "kind": "APIGroupList", "apiVersion": "v1",
      "groups": [
        [
          "name": "batch", "versions": [["groupVersion": "batch/v1", "version": "v1"]],
          "preferredVersion": ["groupVersion": "batch/v1", "version": "v1"],
        ]
      ],
    ],
    "/api/v1": .resources("v1", [("pods", "Pod"), ("configmaps", "ConfigMap"), ("events", "Event")]),
    "/apis/batch/v1": .resources("batch/v1", [("jobs", "Job"), ("cronjobs", "CronJob")]),
    "/version": ["major": "1", "minor": "33", "gitVersion": "v1.33.0"],
    // The one thing that kubectl looks for: that the server checks fields by itself.
    "/openapi/v3": [
      "paths": [
        "apis/batch/v1": ["serverRelativeURL": "/openapi/v3/apis/batch/v1"],
        "api/v1": ["serverRelativeURL": "/openapi/v3/api/v1"],
      ]
    ],
    "/openapi/v3/apis/batch/v1": .fieldValidation(
      "/apis/batch/v1/namespaces/{namespace}", "batch", [("jobs", "Job"), ("cronjobs", "CronJob")]),
    "/openapi/v3/api/v1": .fieldValidation(
      "/api/v1/namespaces/{namespace}", "", [("configmaps", "ConfigMap")]),
  ]
}

extension JSON {
  fileprivate static func resources(_ version: String, _ all: [(name: String, kind: String)]) -> JSON {
    [
      "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(version),
      "resources": .array(
        all.map {
          [
            "name": .string($0.name), "singularName": .string($0.kind.lowercased()),
            "namespaced": .bool(true),
            "kind": .string($0.kind), "verbs": ["create", "delete", "get", "list", "watch", "patch"],
          ]
        }),
    ]
  }

  fileprivate static func fieldValidation(
    _ place: String, _ group: String, _ kinds: [(name: String, kind: String)]
  ) -> JSON {
    let paths = kinds.map { name, kind -> (String, JSON) in
      (
        "\(place)/\(name)/{name}",
        [
          "patch": [
            "parameters": [["name": "fieldValidation", "in": "query", "schema": ["type": "string"]]],
            "responses": ["200": ["description": "OK"]],
            "x-kubernetes-group-version-kind": [
              "group": .string(group), "version": "v1", "kind": .string(kind),
            ],
          ]
        ]
      )
    }
    return [
      "openapi": "3.0.0", "info": ["title": "lab", "version": "1"],
      "paths": .object(Dictionary(uniqueKeysWithValues: paths)),
    ]
  }

  fileprivate static func list(_ kind: String, _ items: [JSON]) -> JSON {
    ["apiVersion": "v1", "kind": .string(kind), "metadata": [:], "items": .array(items)]
  }

  /// The same with a field of its metadata set.
  fileprivate func named(_ field: String, _ value: String) -> JSON {
    with("metadata", (self["metadata"] ?? [:]).with(field, .string(value)))
  }
}

extension StubCache.Answer {
  fileprivate static func json(_ value: JSON, status: Int = 200) -> StubCache.Answer {
    let body = (try? JSONEncoder().encode(value)) ?? Data()
    return StubCache.Answer(status: status, headers: ["Content-Type": "application/json"], body: Array(body))
  }

  fileprivate static func status(_ code: Int, _ reason: String, _ message: String) -> StubCache.Answer {
    json(
      [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "code": .number(code),
        "reason": .string(reason), "message": .string(message),
      ], status: code)
  }
}
