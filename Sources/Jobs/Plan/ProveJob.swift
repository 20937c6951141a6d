import NixModel

/// The options of a Job that proves, as they were typed.
public struct ProveJob: Sendable {
  public var envelope: JobEnvelope
  /// The image that brings `warmth`: a single file, `/warmth`.
  public var warmthImage: String
  public var profile: String?
  public var nixpkgsRef: String?
  public var installables: [String] = []
  public var substituters: [String] = []
  public var trustedPublicKeys: [String] = []
  public var expectFrom: [String] = []
  public var allowBuild: [String] = []
  public var forbidBuild: [String] = []
  public var builds: String?
  /// Whether the store must be fresh: no path that a target needs may be there before.
  public var fresh = false
  /// Whether credentials that are good for many things make the proof inconclusive. True by default, because
  /// a verifier's pod should have none.
  public var strict = true
  /// Seconds after which the proof ends, inconclusive.
  public var timeout: Int?
  /// The text of a policy, and whether the policy permits a build.
  public var policy: (text: String, allowsBuilding: Bool)?
  public var handOut = EvidenceHandOut()
  public var sharding: Sharding?
  /// The limit of the scratch volume, which holds the throwaway store and everything that Nix fetches.
  public var scratchSize: String?

  public init(envelope: JobEnvelope, warmthImage: String) {
    self.envelope = envelope
    self.warmthImage = warmthImage
  }

  /// The largest number of targets that go into the pod's arguments. More targets go into a file.
  static let mostArguments = 20

  /// The manifest of this Job.
  ///
  /// - Throws: ``JobPlanError``, with every error in the options.
  public func plan() throws -> JobPlan {
    var complaints = Complaints()
    let envelope = SealedEnvelope(envelope, role: .prove, sharding, &complaints)
    let warmthImage = complaints.take("--warmth-image", warmthImage, KubernetesName.image) ?? ""
    let scratchSize = complaints.take("--scratch-size", scratchSize, Quantity.init(parsing:))
    let targets = complaints.take("a target", each: installables.unique, PodInstallable.parse)
    if profile == nil, installables.isEmpty {
      complaints.note("there is nothing to prove: name a target such as nixpkgs#libguestfs, or a --profile")
    }
    let proof = proofArguments(&complaints)
    let delivery = handOut.sealed(&complaints)
    sharding?.check(installables, &complaints)
    if let timeout, timeout >= envelope.deadline {
      complaints.note(
        "--timeout: the Job is ended after \(envelope.deadline) seconds (--deadline), so that a proof of \(timeout) seconds is cut off without a verdict; choose a longer --deadline"
      )
    }
    var files: [String: String] = [:]
    if targets.count > Self.mostArguments { files[Place.targets] = TargetList.text(targets) }
    if let policy { files[Place.policy] = policy.text }
    if files.values.reduce(0, { $0 + $1.utf8.count }) > ConfigMap.largest {
      complaints.note("the targets and the policy come to more than a ConfigMap holds, which is 1 MiB")
    }
    try complaints.end()

    let configMap = files.isEmpty ? nil : ConfigMap(files, in: envelope)
    var arguments = ["prove"] + (profile.map { ["--profile", $0] } ?? [])
    arguments += nixpkgsRef.map { ["--nixpkgs-ref", $0] } ?? []
    arguments += proof
    if policy != nil { arguments += ["--policy", "\(Place.files)/\(Place.policy)"] }
    if posture == .readOnly { arguments.append("--isolated") }
    arguments += ["--nix", Place.nix] + delivery.arguments
    arguments = arguments.map(Container.literal)
    arguments += sharding?.arguments ?? []
    if files[Place.targets] != nil {
      arguments += ["--targets-from", "\(Place.files)/\(Place.targets)"]
    } else if !targets.isEmpty {
      // After `--`, a target that begins with '-' is no option.
      arguments += ["--"] + targets.map(Container.literal)
    }
    let pod = pod(
      envelope, warmthImage: warmthImage, arguments: arguments, environment: delivery.environment,
      configMap: configMap?.name, scratchSize: scratchSize)
    return try JobPlan(
      files: configMap, job: Job(metadata: envelope.metadata, spec: spec(envelope, pod)), role: .prove,
      shards: sharding?.shards ?? 1, schedule: envelope.schedule)
  }

  // MARK: - The door

  private func proofArguments(_ complaints: inout Complaints) -> [String] {
    let urls = { (option: String, texts: [String], complaints: inout Complaints) in
      complaints.take(option, each: texts, PublicAddress.cache).flatMap { [option, $0] }
    }
    var arguments = urls("--substituter", substituters, &complaints)
    arguments += trustedPublicKeys.flatMap { ["--trusted-public-key", $0] }
    arguments += urls("--expect-from", expectFrom, &complaints)
    arguments += allowBuild.flatMap { ["--allow-build", $0] }
    arguments += forbidBuild.flatMap { ["--forbid-build", $0] }
    arguments += builds.map { ["--builds", $0] } ?? []
    if fresh { arguments.append("--fresh") }
    arguments.append(strict ? "--strict" : "--no-strict")
    arguments += timeout.map { ["--timeout", "\($0)s"] } ?? []
    if let nixpkgsRef { _ = complaints.take("--nixpkgs-ref", nixpkgsRef, PodInstallable.reference) }
    return arguments
  }

  // MARK: - The pod

  /// The container's command. It makes a home of its own, because newer Nix refuses a home of another user,
  /// and the volume belongs to root. Without a home, Nix would ask `/etc/passwd`, which does not have this
  /// user. If the scratch cannot be written to, the exit code is 74. The shell's own code would be 1, which
  /// is the code of a cold verdict.
  private static let entry = #"mkdir "$HOME" || exit 74; exec \#(BroughtWarmth.program) "$@""#

  /// The rights of a verifier in its pod.
  enum Posture: Hashable {
    /// An unprivileged user copies everything into a throwaway store.
    case readOnly
    /// Something may be built. An unprivileged pod has no sandbox, and without a sandbox nothing is built for
    /// a store in another directory. So Nix uses the image's own store, in which only root may build.
    case building
  }

  var posture: Posture { allowBuild.isEmpty && policy?.allowsBuilding != true ? .readOnly : .building }

  private enum Place {
    static let nix = "/nix/var/nix/profiles/default/bin/nix"
    static let scratch = "/scratch"
    static let files = "/etc/warmth"
    static let targets = "targets"
    static let policy = "warmth.yaml"
  }

  private func pod(
    _ envelope: SealedEnvelope, warmthImage: String, arguments: [String], environment: [EnvironmentVariable],
    configMap: String?, scratchSize: Quantity?
  ) -> PodTemplate {
    let prover = Container(
      name: JobPlan.Role.prove.container, image: envelope.image,
      command: ["/bin/sh", "-c", Self.entry, "warmth"], args: arguments, env: self.environment + environment,
      resources: envelope.resources, securityContext: posture == .readOnly ? .readOnly : .building,
      volumeMounts: [
        BroughtWarmth.mount,
        VolumeMount(name: "scratch", mountPath: Place.scratch), VolumeMount(name: "tmp", mountPath: "/tmp"),
      ] + (configMap == nil ? [] : [VolumeMount(name: "files", mountPath: Place.files, readOnly: true)]))
    return envelope.pod(
      securityContext: posture == .readOnly
        ? PodSecurityContext(
          runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532,
          seccompProfile: .runtimeDefault)
        : PodSecurityContext(seccompProfile: .runtimeDefault),
      initContainers: [BroughtWarmth.installer(warmthImage, envelope.resources)], container: prover,
      volumes: [
        BroughtWarmth.volume, .scratch("scratch", upTo: scratchSize), .scratch("tmp", upTo: scratchSize),
      ] + (configMap.map { [.files("files", of: $0)] } ?? []))
  }

  private var environment: [EnvironmentVariable] {
    var variables: [EnvironmentVariable] = [
      .field("POD_NAME", "metadata.name"), .value("HOME", "\(Place.scratch)/home"),
      .value("TMPDIR", Place.scratch),
      .value("XDG_CACHE_HOME", "\(Place.scratch)/cache"),
      .value("WARMTH_EVIDENCE", "\(Place.scratch)/warmth.sqlite"),
      // The user has no entry in /etc/passwd. The image's PATH leads into root's home, which this user may
      // not read.
      .value("USER", "warmth"), .value("PATH", "/nix/var/nix/profiles/default/bin"),
      .value("NIX_SSL_CERT_FILE", "/nix/var/nix/profiles/default/etc/ssl/certs/ca-bundle.crt"),
    ]
    variables += sharding?.environment ?? []
    return variables
  }

  private func spec(_ envelope: SealedEnvelope, _ pod: PodTemplate) -> JobSpec {
    let prover = JobPlan.Role.prove.container
    // A cold verdict is an answer. To ask again until the answer changes would be no proof, so the Job fails
    // at once. With shards only this index fails, and the others run to their end.
    let cold = PodFailurePolicy.Rule.on([1], of: prover, sharding == nil ? .failJob : .failIndex)
    let policy = PodFailurePolicy(rules: [
      // The first rule that matches decides. An answer comes first, so that it stands even if its pod was
      // disrupted afterwards.
      cold,
      // Wrong usage (64) and a fault of warmth (70) would be the same in the next pod.
      .on([64, 70], of: prover, .failJob),
      .ignoringDisruption,
      // Inconclusive (2), or a failed report (73) or hand-out (74): another pod may succeed.
      .on([2, 73, 74], of: prover, .count),
    ])
    return JobSpec(envelope, sharding, policy, pod)
  }
}

extension SecurityContext {
  /// No privilege: only the container's own files and memory.
  static let readOnly = SecurityContext(
    allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: Capabilities(drop: ["ALL"]))

  /// The capabilities that Nix needs to build as its build users in its own store, and no others.
  static let building = SecurityContext(
    allowPrivilegeEscalation: false,
    capabilities: Capabilities(
      drop: ["ALL"], add: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"])
  )
}
