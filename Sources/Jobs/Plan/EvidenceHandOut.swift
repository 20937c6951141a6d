/// Where a pod's evidence goes, as it was typed: without it, the evidence would go with the pod.
public struct EvidenceHandOut: Sendable {
  /// Into the pod's log.
  public var log = true
  /// By HTTP PUT, to an address that is not secret.
  public var collector: String?
  /// By HTTP PUT, to an address that lies in a Secret: the name of the Secret.
  public var collectorSecret: String?
  public var collectorKey = "url"

  public init() {}

  /// The options and variables of the command in the pod.
  func sealed(
    _ complaints: inout Complaints
  ) -> (arguments: [String], environment: [EnvironmentVariable]) {
    var arguments = log ? ["--bundle-log"] : []
    var environment: [EnvironmentVariable] = []
    if let url = complaints.take("--collector", collector, PublicAddress.http) {
      arguments += ["--bundle-url", url]
    }
    if let secret = complaints.take("--collector-secret", collectorSecret, KubernetesName.subdomain),
      let key = complaints.take("--collector-key", collectorKey, KubernetesName.dataKey)
    {
      environment.append(.secret("WARMTH_BUNDLE_URL", SecretKey(name: secret, key: key)))
    }
    if collector != nil, collectorSecret != nil {
      complaints.note(
        "--collector and --collector-secret exclude each other: the evidence goes to one address")
    }
    if !log, collector == nil, collectorSecret == nil {
      complaints.note(
        "the evidence would go with the pod: leave --no-bundle-log, or name a --collector or --collector-secret"
      )
    }
    return (arguments, environment)
  }
}
