import NixModel

/// A target list that is split over the pods of an Indexed Job.
public struct Sharding: Sendable {
  public var shards: Int
  /// How many pods run at the same time.
  public var parallelism: Int?
  /// The name that all shards share. `nil` stands for the Job's own identity.
  public var sweep: String?
  /// The number of targets in the profile.
  public var targetsOfProfile: Int

  public init(shards: Int, parallelism: Int?, sweep: String?, targetsOfProfile: Int) {
    (self.shards, self.parallelism) = (shards, parallelism)
    (self.sweep, self.targetsOfProfile) = (sweep, targetsOfProfile)
  }

  func check(_ installables: [String], _ complaints: inout Complaints) {
    let targets = installables.unique.count + targetsOfProfile
    if shards < 1 {
      complaints.note("--shards: there must be at least one")
    } else if shards > targets {
      complaints.note(
        "--shards: \(shards) shards are more than there are targets (\(targets)), and one would be empty")
    }
    if let parallelism, parallelism < 1 {
      complaints.note("--parallelism: at least one pod must run at a time")
    }
    _ = complaints.take("--sweep", sweep, KubernetesName.label)
  }

  /// The options of the command in the pod; the kubelet puts in the values.
  var arguments: [String] { ["--shard", "$(WARMTH_SHARD)/\(shards)", "--sweep", "$(WARMTH_SWEEP)"] }

  var environment: [EnvironmentVariable] {
    [
      .field("WARMTH_SHARD", "metadata.annotations['batch.kubernetes.io/job-completion-index']"),
      // By default the Job's UID names the sweep. So a later Job of the same name is another one, and its shards do
      // not mix with these.
      sweep.map { .value("WARMTH_SWEEP", $0) }
        ?? .field("WARMTH_SWEEP", "metadata.labels['batch.kubernetes.io/controller-uid']"),
    ]
  }
}

extension JobSpec {
  /// The work of an envelope, split or not.
  init(
    _ envelope: SealedEnvelope, _ sharding: Sharding?, _ policy: PodFailurePolicy, _ template: PodTemplate
  ) {
    self.init(
      completionMode: sharding.map { _ in "Indexed" }, completions: sharding?.shards,
      parallelism: sharding.map { min($0.parallelism ?? $0.shards, $0.shards) },
      backoffLimit: sharding == nil ? envelope.backoffLimit : nil,
      backoffLimitPerIndex: sharding == nil ? nil : envelope.backoffLimit,
      activeDeadlineSeconds: envelope.deadline, ttlSecondsAfterFinished: envelope.ttl,
      podFailurePolicy: policy, template: template)
  }
}
