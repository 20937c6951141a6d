import ArgumentParser
import Foundation
import Jobs
import Machine

struct JobPrewarm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prewarm",
    abstract: "A Job that builds targets on a node with KVM and publishes them to a cache.",
    discussion: """
      Its manifest is a ConfigMap with cache-warm.sh and one Job. The token stays in its Secret: nothing here reads \
      it. The server and the cache are --attic-server and --cache, else $ATTIC_SERVER and $ATTIC_CACHE. What came of \
      it comes out in the pod's log as a bundle, and goes to a collector where one is named.
      """)

  @Option(help: "A set of targets by name; kvm-vm-test is libguestfs, guestfs-tools, qemu and qemu_kvm.")
  var profile: TargetOptions.Profile?

  @Option(
    name: .customLong("installable"),
    help: ArgumentHelp("A target, such as nixpkgs#hello. Repeatable.", valueName: "ref"))
  var installables: [String] = []

  @Option(help: ArgumentHelp("The nixpkgs that a profile's attributes are of.", valueName: "ref"))
  var nixpkgsRef: String?

  @Option(help: ArgumentHelp("The Attic cache to publish to.", valueName: "name"))
  var cache: String?

  @Option(help: ArgumentHelp("The Attic server.", valueName: "url"))
  var atticServer: String?

  @Option(help: ArgumentHelp("What the attic command calls the server.", valueName: "name"))
  var atticServerName: String?

  @Option(
    help: ArgumentHelp("The cache's public key: what it has already is taken from it.", valueName: "key"))
  var atticPublicKey: String?

  @Option(help: ArgumentHelp("Where readers read, if not SERVER/CACHE.", valueName: "url"))
  var readSide: String?

  @Option(help: ArgumentHelp("The Secret with the token that may push.", valueName: "name"))
  var atticTokenSecret: String?

  @Option(help: ArgumentHelp("The token's key in that Secret.", valueName: "key"))
  var atticTokenKey = "token"

  @Option(
    help: ArgumentHelp(
      "Publish with nix copy instead: to http(s)://, s3://, ssh:// or ssh-ng://.", valueName: "url"))
  var to: String?

  @Option(help: ArgumentHelp("The public key of a cache of --to, as --attic-public-key.", valueName: "key"))
  var publicKey: String?

  @Option(help: ArgumentHelp("The Secret with the key that nix copy signs with.", valueName: "name"))
  var signingKeySecret: String?

  @Option(help: ArgumentHelp("The signing key's key in that Secret.", valueName: "key"))
  var signingKeyKey = "key"

  @Option(
    help: ArgumentHelp(
      "A Secret for --to: its keys become variables, such as AWS_ACCESS_KEY_ID; for ssh, it has ssh-privatekey and known_hosts.",
      valueName: "name"))
  var toSecret: String?

  @Flag(help: "Build and publish nothing; the pod then knows neither server nor token.")
  var noPush = false

  @Flag(help: "Publish what the targets are built with, too.")
  var buildClosure = false

  @Flag(help: "Push what Attic's upstream filter would leave out, too.")
  var ignoreUpstreamCacheFilter = false

  @Option(
    name: .customLong("upstream"),
    help: ArgumentHelp("A cache that readers use besides. Repeatable.", valueName: "url"))
  var upstreams: [String] = []

  @Option(help: ArgumentHelp("The most that builds may write to their scratch.", valueName: "amount"))
  var buildsSize: String?

  @Option(help: ArgumentHelp("The most that may be written to /tmp.", valueName: "amount"))
  var tmpSize: String?

  @OptionGroup var pod: PodOptions
  @OptionGroup var envelope: EnvelopeOptions
  @OptionGroup var cluster: ClusterOptions

  func validate() throws {
    if to != nil, cache != nil || atticServer != nil || atticTokenSecret != nil {
      throw ValidationError(
        "--to and the options of Attic exclude each other: a publication goes to one place.")
    }
    if to == nil, publicKey != nil || signingKeySecret != nil || toSecret != nil {
      throw ValidationError(
        "--public-key, --signing-key-secret and --to-secret are about --to, which is not given.")
    }
  }

  func run() async throws {
    let interruption = cluster.wait ? try Interruption.begun() : nil
    try await cluster.carryOut(try planned(), interruption)
  }

  private func planned() throws(Failure) -> JobPlan {
    var job = PrewarmJob(
      envelope: envelope.envelope(
        named: "kvm-cache-prewarm", backoffLimit: 1, deadline: 6 * 3600,
        nodeSelector: ["\(JobEnvelope.capability)=true"]),
      warmthImage: try pod.image(), publication: try publication())
    job.profile = profile?.rawValue
    job.installables = installables
    job.nixpkgsRef = nixpkgsRef
    job.buildClosure = buildClosure
    job.upstreams = upstreams
    (job.buildsSize, job.tmpSize) = (buildsSize, tmpSize)
    (job.handOut, job.sharding) = (pod.handOut, pod.sharding(profile))
    return try ClusterOptions.planning(job.plan)
  }

  private func publication() throws(Failure) -> PrewarmJob.Publication {
    if noPush { return .none }
    let variables = ProcessInfo.processInfo.environment
    if cluster.apply, let reason = UntrustedContext.reason(in: variables, readingEvent: Self.event) {
      throw Failure(
        .usage,
        "this is \(reason), whose code nobody has reviewed: it must not publish. Publish from a protected branch or a schedule; here, --no-push builds, and `warmth job prove` proves"
      )
    }
    if let to {
      return .nixCopy(
        PrewarmJob.CopyDestination(
          to: to, readSide: readSide, publicKey: publicKey, signingKeySecret: signingKeySecret,
          signingKeyKey: signingKeyKey, environmentSecret: toSecret))
    }
    let server = atticServer ?? variables["ATTIC_SERVER"] ?? ""
    let cache = cache ?? variables["ATTIC_CACHE"] ?? ""
    var missing: [String] = []
    if server.isEmpty { missing.append("the server (--attic-server URL or $ATTIC_SERVER)") }
    if cache.isEmpty { missing.append("the cache (--cache NAME or $ATTIC_CACHE)") }
    if atticTokenSecret == nil { missing.append("the Secret with the token (--attic-token-secret NAME)") }
    guard let atticTokenSecret, missing.isEmpty else {
      throw Failure(
        .usage,
        "to publish, a prewarm needs \(missing.joined(separator: ", ")); with --no-push it builds and publishes nothing"
      )
    }
    var attic = PrewarmJob.AtticDestination(
      server: server, serverName: atticServerName ?? variables["ATTIC_SERVER_NAME"], cache: cache,
      readSide: readSide, publicKey: atticPublicKey, tokenSecret: atticTokenSecret, tokenKey: atticTokenKey)
    attic.ignoresUpstreamFilter = ignoreUpstreamCacheFilter
    return .attic(attic)
  }

  private static func event(at path: String) -> Data? { FileManager.default.contents(atPath: path) }
}
