import NixModel

/// What a Job that warms a cache is told, as it was typed.
public struct PrewarmJob: Sendable {
  public var envelope: JobEnvelope
  public var profile: String?
  public var installables: [String] = []
  public var nixpkgsRef: String?
  public var buildClosure = false
  /// Whether what Attic's upstream filter would leave out is pushed all the same.
  public var ignoresUpstreamFilter = false
  /// Caches that the readers use besides.
  public var upstreams: [String] = []
  public var publication: Publication
  /// The most that builds may write to their scratch.
  public var buildsSize: String?
  /// The most that may be written to `/tmp`.
  public var tmpSize: String?

  /// Whether what was built is published.
  public enum Publication: Sendable {
    /// Built, and nothing else: neither server nor token is known to the pod.
    case none
    case attic(AtticDestination)

    /// Whether the pod is given the token.
    var hasToken: Bool { if case .attic = self { true } else { false } }
  }

  public init(envelope: JobEnvelope, publication: Publication) {
    self.envelope = envelope
    self.publication = publication
  }

  /// The cache to publish to, as it was typed.
  public struct AtticDestination: Sendable {
    public var server: String
    /// What the `attic` command calls the server.
    public var serverName: String?
    public var cache: String
    /// Where readers read, if that is not SERVER/CACHE.
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

  /// The manifest of it.
  ///
  /// - Throws: ``JobPlanError`` with everything that is wrong.
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
      // For the node's /dev/kvm, and for the sandbox that Nix builds in.
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
        // What was refused as wrong usage, or for want of a program, is so again, whatever befell the pod.
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

  /// What the container begins with where it is given the token. The environment that a process was started with can
  /// be read in `/proc` as long as it lives, and the pod's first process lives longest. So the token goes into a pipe
  /// before anything else, as the script would have it, and the shell starts itself again without it.
  private static let hidingToken = """
    if [ -n "${ATTIC_TOKEN+set}" ]; then
      exec {CACHE_WARM_TOKEN_FROM}< <(printf '%s' "$ATTIC_TOKEN")
      unset ATTIC_TOKEN
      export CACHE_WARM_TOKEN_FROM
      exec "$BASH" -c "$BASH_EXECUTION_STRING" "$0" "$@"
    fi

    """

  /// What the container begins with. An `emptyDir` is open to everybody (0777, with an `fsGroup` 2777), and Nix
  /// refuses to build in such a place. The script runs beside the shell and not in its stead, so that its summary
  /// gets into the log whatever becomes of it; a signal to the pod is handed on, since the script has a token to take
  /// away.
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

/// A destination that was read.
private struct SealedDestination {
  let arguments: [String]
  let environment: [EnvironmentVariable]
  let nixConfiguration: String

  init(_ publication: PrewarmJob.Publication, _ complaints: inout Complaints) {
    // What nobody built in a sandbox does not belong into a cache that others trust.
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
      // Without its key nothing of the cache can be trusted, and it is no use asking it.
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

  /// Source: Attic, `attic/src/cache.rs`.
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
