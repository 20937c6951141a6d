/// The options that all our Jobs share, as they were typed: where a Job runs, with which resources, and for
/// how long.
public struct JobEnvelope: Sendable {
  public var name: String
  public var namespace: String?
  /// `KEY=VALUE`.
  public var labels: [String] = []
  /// The image with Nix.
  public var image = JobEnvelope.defaultImage
  public var imagePullSecrets: [String] = []
  /// `KEY=VALUE`.
  public var nodeSelector: [String] = []
  /// The one node to run on, by its label `kubernetes.io/hostname`.
  public var hostname: String?
  /// Taints, in the form of `kubectl taint`.
  public var tolerations: [String] = []
  public var serviceAccount: String?
  public var cpu: String?
  public var cpuLimit: String?
  public var memory: String?
  public var memoryLimit: String?
  /// How many failed pods are replaced by another pod.
  public var backoffLimit: Int
  /// Seconds after which Kubernetes ends the Job.
  public var deadline: Int
  /// Seconds for which an ended Job is kept.
  public var ttl: Int
  /// When a Job is made again and again; `nil` for one Job, now.
  public var schedule: JobSchedule?

  /// The label of nodes that can run these Jobs. It also marks every object that is made here.
  public static let capability = "tinyland-nix-kvm"
  /// The default image, pinned by its tag. An operator can pin another one by digest.
  public static let defaultImage = "docker.io/nixos/nix:2.34.7"

  public init(name: String, backoffLimit: Int, deadline: Int, ttl: Int) {
    self.name = name
    self.backoffLimit = backoffLimit
    self.deadline = deadline
    self.ttl = ttl
  }
}

/// An envelope whose options were checked.
struct SealedEnvelope {
  let name: String
  let namespace: String?
  let labels: StringMap
  let image: String
  let pullSecrets: [LocalReference]?
  let nodeSelector: StringMap?
  let tolerations: [Toleration]?
  let serviceAccount: String?
  let resources: Resources?
  let backoffLimit: Int
  let deadline: Int
  let ttl: Int
  let schedule: CronSchedule?

  /// - Parameter role: the Job's purpose, the value of our label.
  init(
    _ envelope: JobEnvelope, role: JobPlan.Role, _ sharding: Sharding?, _ complaints: inout Complaints
  ) {
    name = complaints.take("--name", envelope.name, KubernetesName.label) ?? ""
    // A shard's host name has its number behind it, and a Job of a CronJob the time (11 characters).
    let digits = sharding.map { 1 + "\(max(0, $0.shards - 1))".count } ?? 0
    let room = 63 - digits - (envelope.schedule == nil ? 0 : 11)
    if name.utf8.count > room {
      complaints.note(
        "--name: '\(name)' is too long here: with a shard's number or a time behind it, it must come to at most 63 characters, so that \(room) are left"
      )
    }
    schedule = envelope.schedule.map { CronSchedule($0, &complaints) }
    namespace = complaints.take("--namespace", envelope.namespace, KubernetesName.label)
    image = complaints.take("--image", envelope.image, KubernetesName.image) ?? ""
    var labels = StringMap(
      pairs: complaints.take("--label", each: envelope.labels, KubernetesName.labelPair))
    if labels[JobEnvelope.capability] != nil {
      complaints.note(
        "--label: '\(JobEnvelope.capability)' is what all Jobs of warmth are found by; choose another")
    }
    labels[JobEnvelope.capability] = role.rawValue
    self.labels = labels
    var selector = StringMap(
      pairs: complaints.take("--node-selector", each: envelope.nodeSelector, KubernetesName.labelPair))
    if let host = complaints.take("--hostname", envelope.hostname, KubernetesName.subdomain) {
      selector["kubernetes.io/hostname"] = host
    }
    nodeSelector = selector.entries.isEmpty ? nil : selector
    let tolerations = complaints.take("--toleration", each: envelope.tolerations, KubernetesName.toleration)
    self.tolerations = tolerations.isEmpty ? nil : tolerations
    serviceAccount = complaints.take("--service-account", envelope.serviceAccount, KubernetesName.subdomain)
    let secrets = complaints.take(
      "--image-pull-secret", each: envelope.imagePullSecrets, KubernetesName.subdomain)
    pullSecrets = secrets.isEmpty ? nil : secrets.map { LocalReference(name: $0) }
    resources = Self.resources(envelope, &complaints)
    (backoffLimit, deadline, ttl) = (envelope.backoffLimit, envelope.deadline, envelope.ttl)
    if backoffLimit < 0 { complaints.note("--backoff-limit: \(backoffLimit) is less than none") }
  }

  private static func resources(_ envelope: JobEnvelope, _ complaints: inout Complaints) -> Resources? {
    let read = Quantity.init(parsing:)
    var (requests, limits) = (StringMap([:]), StringMap([:]))
    requests["cpu"] = complaints.take("--cpu", envelope.cpu, read)?.text
    requests["memory"] = complaints.take("--memory", envelope.memory, read)?.text
    limits["cpu"] = complaints.take("--cpu-limit", envelope.cpuLimit, read)?.text
    limits["memory"] = complaints.take("--memory-limit", envelope.memoryLimit, read)?.text
    guard !requests.entries.isEmpty || !limits.entries.isEmpty else { return nil }
    return Resources(
      requests: requests.entries.isEmpty ? nil : requests, limits: limits.entries.isEmpty ? nil : limits)
  }

  var metadata: ObjectMeta { ObjectMeta(name: name, namespace: namespace, labels: labels) }

  /// A pod with the settings of this envelope.
  func pod(
    securityContext: PodSecurityContext? = nil, initContainers: [Container]? = nil, container: Container,
    volumes: [Volume]
  ) -> PodTemplate {
    PodTemplate(
      metadata: ObjectMeta(labels: labels),
      spec: PodSpec(
        serviceAccountName: serviceAccount, imagePullSecrets: pullSecrets, nodeSelector: nodeSelector,
        tolerations: tolerations, securityContext: securityContext, initContainers: initContainers,
        containers: [container], volumes: volumes))
  }
}
