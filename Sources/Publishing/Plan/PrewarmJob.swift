import NixModel

/// The options of a Job that warms a cache, as they were typed.
public struct PrewarmJob: Sendable {
  public var envelope: JobEnvelope
  public var profile: String?
  public var installables: [String] = []
  public var nixpkgsRef: String?
  public var buildClosure = false
  /// Whether paths that Attic's upstream filter would leave out are pushed all the same.
  public var ignoresUpstreamFilter = false
  /// Further caches that all readers use.
  public var upstreams: [String] = []
  public var publication: Publication
  /// The limit of the scratch volume that builds write to.
  public var buildsSize: String?
  /// The limit of the volume at `/tmp`.
  public var tmpSize: String?

  /// Where built paths are published.
  public enum Publication: Sendable {
    /// Nowhere: the pod only builds, and knows neither server nor token.
    case none
    case attic(AtticDestination)

    /// Whether the pod gets the token.
    var hasToken: Bool { if case .attic = self { true } else { false } }
  }

  public init(envelope: JobEnvelope, publication: Publication) {
    self.envelope = envelope
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

    public init(
      server: String, serverName: String?, cache: String, readSide: String?, publicKey: String?,
      tokenSecret: String, tokenKey: String
    ) {
      (self.server, self.serverName, self.cache) = (server, serverName, cache)
      (self.readSide, self.publicKey) = (readSide, publicKey)
      (self.tokenSecret, self.tokenKey) = (tokenSecret, tokenKey)
    }
  }

  /// The manifest of this Job.
  ///
  /// - Throws: ``JobPlanError``, with every error in the options.
  public func plan() throws -> JobPlan {
    var complaints = Complaints()
    let envelope = SealedEnvelope(envelope, role: JobPlan.Role.prewarm.rawValue, &complaints)
    let targets = complaints.take("--installable", each: installables, PodInstallable.parse)
    if profile == nil, installables.isEmpty {
      complaints.note("there is nothing to warm: name a --profile or an --installable")
    }
    let upstreams = complaints.take("--upstream", each: upstreams, PublicAddress.http)
    let reference = complaints.take("--nixpkgs-ref", nixpkgsRef, PodInstallable.reference)
    let buildsSize = complaints.take("--builds-size", buildsSize, Quantity.init(parsing:))
    let tmpSize = complaints.take("--tmp-size", tmpSize, Quantity.init(parsing:))
    let destination = SealedDestination(publication, &complaints)
    try complaints.end()

    var arguments = profile.map { ["--profile", $0] } ?? []
    arguments += targets.flatMap { ["--installable", $0] }
    arguments += reference.map { ["--nixpkgs-ref", $0] } ?? []
    arguments += upstreams.flatMap { ["--upstream", $0] }
    if buildClosure { arguments.append("--build-closure") }
    if ignoresUpstreamFilter { arguments.append("--ignore-upstream-cache-filter") }
    arguments += destination.arguments
    arguments += ["--builds-dir", Place.builds, "--require-scratch-volume", "--summary", Place.summary]

    let script = ConfigMap([Place.scriptName: PublisherProgram.text], in: envelope)
    let container = Container(
      name: JobPlan.Role.prewarm.container, image: envelope.image,
      command: ["bash", "-c", publication.hasToken ? Self.hidingToken + Self.entry : Self.entry, "prewarm"],
      args: arguments.map(Container.literal),
      env: [.value("NIX_CONFIG", destination.nixConfiguration), .field("POD_NAME", "metadata.name")]
        + destination.environment,
      resources: envelope.resources,
      // Privileged, because the pod needs the node's /dev/kvm, and Nix needs to set up its sandbox.
      securityContext: SecurityContext(privileged: true),
      volumeMounts: [
        VolumeMount(name: "builds", mountPath: Place.builds), VolumeMount(name: "tmp", mountPath: "/tmp"),
        VolumeMount(name: "kvm", mountPath: "/dev/kvm"),
        VolumeMount(name: "script", mountPath: Place.script, readOnly: true),
      ])
    let job = Job(
      metadata: envelope.metadata,
      spec: JobSpec(
        backoffLimit: envelope.backoffLimit, activeDeadlineSeconds: envelope.deadline,
        ttlSecondsAfterFinished: envelope.ttl,
        // Wrong usage (64) or a missing program (69) would end the next pod in the same way, so the Job fails
        // at once. This rule comes first, because it holds even for a pod that was disrupted.
        podFailurePolicy: PodFailurePolicy(rules: [
          .on([64, 69], of: container.name, .failJob), .ignoringDisruption,
        ]),
        template: envelope.pod(
          container: container,
          volumes: [
            .scratch("builds", upTo: buildsSize), .scratch("tmp", upTo: tmpSize), .kvm,
            .files("script", of: script.name),
          ])))
    return try JobPlan(files: script, job: job, role: .prewarm)
  }

  private enum Place {
    static let builds = "/nix/var/nix/builds"
    static let script = "/opt/cache-warm"
    static let scriptName = "cache-warm.sh"
    static let summary = "/tmp/publication.json"
  }

  /// The container's first lines if it gets the token. The environment that a process was started with can be
  /// read in `/proc` for as long as the process lives, and the pod's first process lives longest. So the
  /// shell first puts the token into a pipe, as the script expects it, and starts itself again without the
  /// variable.
  private static let hidingToken = """
    if [ -n "${ATTIC_TOKEN+set}" ]; then
      exec {CACHE_WARM_TOKEN_FROM}< <(printf '%s' "$ATTIC_TOKEN")
      unset ATTIC_TOKEN
      export CACHE_WARM_TOKEN_FROM
      exec "$BASH" -c "$BASH_EXECUTION_STRING" "$0" "$@"
    fi

    """

  /// The container's command. It first closes the scratch: an `emptyDir` is open to everybody (0777, or 2777
  /// with an `fsGroup`), and Nix refuses to build in such a place. The script runs as a child of the shell,
  /// so that the shell can print the summary into the log even if the script failed. The shell passes a
  /// signal to the script, because the script must remove the token.
  private static let entry = """
    chmod u=rwx,go=rx,ug-s,-t \(Place.builds) && chmod 1777 /tmp || exit 70
    "$BASH" \(Place.script)/\(Place.scriptName) "$@" &
    script=$!
    if [ -n "${CACHE_WARM_TOKEN_FROM:-}" ]; then exec {CACHE_WARM_TOKEN_FROM}<&-; fi
    trap 'kill -s TERM "$script" 2> /dev/null' TERM INT
    wait "$script"; code=$?
    while kill -s 0 "$script" 2> /dev/null; do wait "$script"; code=$?; done
    if [ -s \(Place.summary) ]; then echo 'publication summary:'; cat \(Place.summary); echo; fi
    exit "$code"

    """
}

/// A destination whose options were checked.
private struct SealedDestination {
  let arguments: [String]
  let environment: [EnvironmentVariable]
  let nixConfiguration: String

  init(_ publication: PrewarmJob.Publication, _ complaints: inout Complaints) {
    // A path that was built outside a sandbox does not belong into a cache that others trust.
    var settings = [
      "experimental-features = nix-command flakes", "sandbox = true", "sandbox-fallback = false",
      "build-dir = /nix/var/nix/builds",
    ]
    switch publication {
    case .none:
      arguments = ["--no-push"]
      environment = []
    case .attic(let attic):
      let server = complaints.take("--attic-server", attic.server, PublicAddress.http) ?? ""
      let cache = complaints.take("--cache", attic.cache, Self.cacheName) ?? ""
      let readSide = complaints.take("--read-side", attic.readSide, PublicAddress.http)
      let key = complaints.take("--attic-public-key", attic.publicKey, Self.publicKey)
      let alias = complaints.take("--attic-server-name", attic.serverName, Self.alias)
      let secret = complaints.take("--attic-token-secret", attic.tokenSecret, KubernetesName.subdomain) ?? ""
      let secretKey = complaints.take("--attic-token-key", attic.tokenKey, KubernetesName.dataKey) ?? ""
      let place = server.hasSuffix("/") ? String(server.dropLast()) : server
      // Without the cache's key no path of it can be trusted, so it is useless as a substituter.
      if let key {
        settings += [
          "extra-substituters = \(readSide ?? "\(place)/\(cache)")", "extra-trusted-public-keys = \(key)",
        ]
      }
      arguments = ["--cache", cache] + (readSide.map { ["--read-side", $0] } ?? [])
      environment =
        [.value("ATTIC_SERVER", server)] + (alias.map { [.value("ATTIC_SERVER_NAME", $0)] } ?? [])
        + [.value("ATTIC_CACHE", cache), .secret("ATTIC_TOKEN", SecretKey(name: secret, key: secretKey))]
    }
    nixConfiguration = settings.joined(separator: "\n") + "\n"
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
