import NixModel

/// The options of a Job that warms a cache, as they were typed.
public struct PrewarmJob: Sendable {
  public var envelope: JobEnvelope
  /// The image that brings `warmth`: a single file, `/warmth`.
  public var warmthImage: String
  public var profile: String?
  public var installables: [String] = []
  public var nixpkgsRef: String?
  public var buildClosure = false
  /// Further caches that all readers use.
  public var upstreams: [String] = []
  public var publication: Publication
  public var handOut = EvidenceHandOut()
  public var sharding: Sharding?
  /// The limit of the scratch volume that builds write to.
  public var buildsSize: String?
  /// The limit of the volume at `/tmp`.
  public var tmpSize: String?

  /// Where built paths are published.
  public enum Publication: Sendable {
    /// Nowhere: the pod only builds, and knows neither server nor token.
    case none
    case attic(AtticDestination)
    case nixCopy(CopyDestination)
  }

  public init(envelope: JobEnvelope, warmthImage: String, publication: Publication) {
    self.envelope = envelope
    self.warmthImage = warmthImage
    self.publication = publication
  }

  /// The cache to publish to, as it was typed.
  public struct AtticDestination: Sendable {
    public var server: String
    /// The name that the `attic` command has for the server.
    public var serverName: String?
    public var cache: String
    /// The address that readers substitute from, if it is not SERVER/CACHE.
    public var readSide: String?
    public var publicKey: String?
    public var tokenSecret: String
    public var tokenKey: String
    /// Whether paths that Attic's upstream filter would leave out are pushed all the same.
    public var ignoresUpstreamFilter = false

    public init(
      server: String, serverName: String?, cache: String, readSide: String?, publicKey: String?,
      tokenSecret: String, tokenKey: String
    ) {
      (self.server, self.serverName, self.cache) = (server, serverName, cache)
      (self.readSide, self.publicKey) = (readSide, publicKey)
      (self.tokenSecret, self.tokenKey) = (tokenSecret, tokenKey)
    }
  }

  /// A store to copy to, as it was typed.
  public struct CopyDestination: Sendable {
    public var to: String
    public var readSide: String?
    public var publicKey: String?
    /// The Secret with the key to sign with.
    public var signingKeySecret: String?
    public var signingKeyKey: String
    /// A Secret whose keys are the variables of the store, such as `AWS_ACCESS_KEY_ID`.
    public var environmentSecret: String?

    public init(
      to: String, readSide: String?, publicKey: String?, signingKeySecret: String?, signingKeyKey: String,
      environmentSecret: String?
    ) {
      (self.to, self.readSide, self.publicKey) = (to, readSide, publicKey)
      (self.signingKeySecret, self.signingKeyKey) = (signingKeySecret, signingKeyKey)
      self.environmentSecret = environmentSecret
    }
  }

  /// The manifest of this Job.
  ///
  /// - Throws: ``JobPlanError``, with every error in the options.
  public func plan() throws -> JobPlan {
    var complaints = Complaints()
    let envelope = SealedEnvelope(envelope, role: .prewarm, sharding, &complaints)
    let warmthImage = complaints.take("--warmth-image", warmthImage, KubernetesName.image) ?? ""
    let targets = complaints.take("--installable", each: installables, PodInstallable.parse)
    if profile == nil, installables.isEmpty {
      complaints.note("there is nothing to warm: name a --profile or an --installable")
    }
    let upstreams = complaints.take("--upstream", each: upstreams, PublicAddress.http)
    let reference = complaints.take("--nixpkgs-ref", nixpkgsRef, PodInstallable.reference)
    let buildsSize = complaints.take("--builds-size", buildsSize, Quantity.init(parsing:))
    let tmpSize = complaints.take("--tmp-size", tmpSize, Quantity.init(parsing:))
    let destination = SealedDestination(publication, &complaints)
    let delivery = handOut.sealed(&complaints)
    sharding?.check(installables, &complaints)
    try complaints.end()

    var arguments = profile.map { ["--profile", $0] } ?? []
    arguments += targets.flatMap { ["--installable", $0] }
    arguments += reference.map { ["--nixpkgs-ref", $0] } ?? []
    arguments += upstreams.flatMap { ["--upstream", $0] }
    if buildClosure { arguments.append("--build-closure") }
    arguments += destination.arguments
    arguments += ["--builds-dir", Place.builds, "--require-scratch-volume", "--close-scratch"]
    arguments = (arguments + delivery.arguments).map(Container.literal) + (sharding?.arguments ?? [])

    let script = ConfigMap([Place.scriptName: PublisherProgram.text], in: envelope)
    let container = Container(
      name: JobPlan.Role.prewarm.container, image: envelope.image,
      // The script becomes the program, which takes the token out of its environment before anything else.
      command: ["bash", "\(Place.script)/\(Place.scriptName)"], args: arguments,
      env: [
        .value("WARMTH", BroughtWarmth.program), .value("WARMTH_EVIDENCE", "/tmp/warmth.sqlite"),
        .value("NIX_CONFIG", destination.nixConfiguration), .field("POD_NAME", "metadata.name"),
      ] + destination.environment + delivery.environment + (sharding?.environment ?? []),
      envFrom: destination.environmentSecret.map { [EnvironmentSource(secretRef: LocalReference(name: $0))] },
      resources: envelope.resources,
      // Privileged, because the pod needs the node's /dev/kvm, and Nix needs to set up its sandbox.
      securityContext: SecurityContext(privileged: true),
      volumeMounts: [
        BroughtWarmth.mount,
        VolumeMount(name: "builds", mountPath: Place.builds), VolumeMount(name: "tmp", mountPath: "/tmp"),
        VolumeMount(name: "kvm", mountPath: "/dev/kvm"),
        VolumeMount(name: "script", mountPath: Place.script, readOnly: true),
      ] + destination.mounts)
    // Wrong usage (64), a missing program (69) or a fault of warmth (70) would end the next pod in the same way. This
    // rule comes first, because it holds even for a pod that was disrupted.
    let policy = PodFailurePolicy(rules: [
      .on([64, 69, 70], of: container.name, sharding == nil ? .failJob : .failIndex), .ignoringDisruption,
    ])
    let pod = envelope.pod(
      initContainers: [BroughtWarmth.installer(warmthImage, envelope.resources)], container: container,
      volumes: [
        BroughtWarmth.volume, .scratch("builds", upTo: buildsSize), .scratch("tmp", upTo: tmpSize), .kvm,
        .files("script", of: script.name),
      ] + destination.volumes)
    return try JobPlan(
      files: script, job: Job(metadata: envelope.metadata, spec: JobSpec(envelope, sharding, policy, pod)),
      role: .prewarm, shards: sharding?.shards ?? 1, schedule: envelope.schedule)
  }

  fileprivate enum Place {
    static let builds = "/nix/var/nix/builds"
    static let script = "/opt/cache-warm"
    static let scriptName = "cache-warm.sh"
    static let key = "/etc/warmth-signing-key"
    static let ssh = "/etc/warmth-ssh"
  }
}

/// A destination whose options were checked.
private struct SealedDestination {
  var arguments: [String] = []
  var environment: [EnvironmentVariable] = []
  var environmentSecret: String?
  var mounts: [VolumeMount] = []
  var volumes: [Volume] = []
  // A path that was built outside a sandbox does not belong into a cache that others trust.
  private var settings = [
    "experimental-features = nix-command flakes", "sandbox = true", "sandbox-fallback = false",
    "build-dir = \(PrewarmJob.Place.builds)",
  ]

  var nixConfiguration: String { settings.joined(separator: "\n") + "\n" }

  init(_ publication: PrewarmJob.Publication, _ complaints: inout Complaints) {
    switch publication {
    case .none: arguments = ["--no-push"]
    case .attic(let attic):
      let server = complaints.take("--attic-server", attic.server, PublicAddress.http) ?? ""
      let cache = complaints.take("--cache", attic.cache, Self.cacheName) ?? ""
      let alias = complaints.take("--attic-server-name", attic.serverName, Self.alias)
      let secret = complaints.take("--attic-token-secret", attic.tokenSecret, KubernetesName.subdomain) ?? ""
      let secretKey = complaints.take("--attic-token-key", attic.tokenKey, KubernetesName.dataKey) ?? ""
      let place = server.hasSuffix("/") ? String(server.dropLast()) : server
      arguments =
        ["--cache", cache] + (attic.ignoresUpstreamFilter ? ["--ignore-upstream-cache-filter"] : [])
      environment =
        [.value("ATTIC_SERVER", server)] + (alias.map { [.value("ATTIC_SERVER_NAME", $0)] } ?? [])
        + [.value("ATTIC_CACHE", cache), .secret("ATTIC_TOKEN", SecretKey(name: secret, key: secretKey))]
      read("\(place)/\(cache)", attic.readSide, attic.publicKey, "--attic-public-key", &complaints)
    case .nixCopy(let copy):
      let to = complaints.take("--to", copy.to, PublicAddress.cache) ?? ""
      arguments = ["--to", to]
      let secret = complaints.take("--to-secret", copy.environmentSecret, KubernetesName.subdomain)
      if to.hasPrefix("ssh") { logIn(with: secret, &complaints) } else { environmentSecret = secret }
      if let name = complaints.take("--signing-key-secret", copy.signingKeySecret, KubernetesName.subdomain),
        let key = complaints.take("--signing-key-key", copy.signingKeyKey, KubernetesName.dataKey)
      {
        arguments += ["--signing-key", "\(PrewarmJob.Place.key)/key"]
        volumes.append(.secret("signing-key", name, [key: "key"]))
        mounts.append(VolumeMount(name: "signing-key", mountPath: PrewarmJob.Place.key, readOnly: true))
      }
      if to.hasPrefix("s3:"), copy.readSide == nil {
        complaints.note(
          "--read-side: a bucket has no address for readers of its own; name the one that they use")
      }
      let place = String(to.prefix { $0 != "?" })
      read(to.hasPrefix("http") ? place : nil, copy.readSide, copy.publicKey, "--public-key", &complaints)
    }
  }

  /// Lets ssh log in, by the key of a Secret of the type `kubernetes.io/ssh-auth`, at the hosts that it knows.
  private mutating func logIn(with secret: String?, _ complaints: inout Complaints) {
    guard let secret else {
      return complaints.note(
        "--to-secret: a store behind ssh needs a Secret with `ssh-privatekey` and `known_hosts`")
    }
    let place = PrewarmJob.Place.ssh
    volumes.append(.secret("ssh", secret, ["ssh-privatekey": "key", "known_hosts": "known_hosts"]))
    mounts.append(VolumeMount(name: "ssh", mountPath: place, readOnly: true))
    environment.append(
      .value(
        "NIX_SSHOPTS",
        "-i \(place)/key -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=\(place)/known_hosts"
      ))
  }

  /// Notes where readers read, and the key that they trust.
  private mutating func read(
    _ usual: String?, _ readSide: String?, _ publicKey: String?, _ option: String,
    _ complaints: inout Complaints
  ) {
    let readSide = complaints.take("--read-side", readSide, PublicAddress.http)
    arguments += readSide.map { ["--read-side", $0] } ?? []
    // Without the cache's key no path of it can be trusted, so it is useless as a substituter.
    guard let key = complaints.take(option, publicKey, Self.publicKey) else { return }
    arguments += ["--read-key", key]
    guard let cache = readSide ?? usual else { return }
    settings += ["extra-substituters = \(cache)", "extra-trusted-public-keys = \(key)"]
  }

  /// The form of a cache's name. Source: Attic, `attic/src/cache.rs`.
  private static func cacheName(_ text: String) throws(FieldFlaw) -> String {
    guard text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9\-+_]{0,49}/) != nil else {
      throw FieldFlaw("is no name of an Attic cache: at most 50 letters, digits, '-', '+' and '_'")
    }
    return text
  }

  private static func alias(_ text: String) throws(FieldFlaw) -> String {
    guard text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9\-_]{0,49}/) != nil else {
      throw FieldFlaw("is no name for a server: at most 50 letters, digits, '-' and '_'")
    }
    return text
  }

  private static func publicKey(_ text: String) throws(FieldFlaw) -> String {
    do { _ = try PublicKey(parsing: text) } catch { throw FieldFlaw("is no usable key: \(error)") }
    return text
  }
}
