import ArgumentParser
import Foundation
import Jobs
import Machine
import NixModel
import PolicyYAML

struct JobProve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "A Job that proves targets in a fresh pod which may write nowhere, or several that share them.",
    discussion: """
      The pod has no token and no rights, a read-only root file system, and no warmth or Nix store but what comes \
      with two pinned images. A cold verdict ends the Job; an inconclusive one is tried again. The evidence comes \
      out in the pod's log, and goes to a collector where one is named.
      """)

  @Argument(
    help: ArgumentHelp("What it is about: nixpkgs#libguestfs, a store path.", valueName: "installable"))
  var installables: [String] = []

  @Option(help: "A set of targets by name; kvm-vm-test is libguestfs, guestfs-tools, qemu and qemu_kvm.")
  var profile: TargetOptions.Profile?

  @Option(
    help: ArgumentHelp(
      "More targets, one a line, with comments from '#'; - is standard input.", valueName: "file"))
  var targetsFrom: String?

  @Option(help: ArgumentHelp("The nixpkgs that a profile's attributes are of.", valueName: "ref"))
  var nixpkgsRef: String?

  @OptionGroup var policy: PolicyOptions

  @OptionGroup var pod: PodOptions

  @Option(help: ArgumentHelp("The most that a pod may write.", valueName: "amount"))
  var scratchSize: String?

  @OptionGroup var envelope: EnvelopeOptions
  @OptionGroup var cluster: ClusterOptions

  func run() async throws {
    let interruption = cluster.wait ? try Interruption.begun() : nil
    try await cluster.carryOut(try planned(), interruption)
  }

  private func planned() throws(Failure) -> JobPlan {
    var job = ProveJob(
      envelope: envelope.envelope(named: "cache-prove", backoffLimit: 2, deadline: 2 * 3600),
      warmthImage: try pod.image())
    job.profile = profile?.rawValue
    job.nixpkgsRef = nixpkgsRef
    job.installables = try installables + listed()
    // Read as a proof reads them, so that an error is told here and not by a pod. Read once, because it may be a pipe.
    let file = try policy.caches.policy.map(Self.policy)
    let caches = try policy.parsed(with: file?.content ?? PolicyFile()).caches
    // The configuration of this image; another image may bring any configuration.
    if caches.substituters.isEmpty, envelope.image == JobEnvelope.defaultImage,
      let upstream = try? SubstituterURL(parsing: "https://cache.nixos.org")
    {
      try caches.check(among: [upstream])
    }
    job.substituters = policy.caches.substituters
    job.trustedPublicKeys = policy.caches.trustedPublicKeys
    job.expectFrom = policy.caches.expectFrom
    (job.allowBuild, job.forbidBuild) = (policy.allowBuild, policy.forbidBuild)
    job.builds = policy.builds?.rawValue
    job.fresh = policy.fresh
    job.timeout = policy.timeout?.seconds
    job.strict = policy.strict ?? file?.content.strict ?? true
    job.policy = file.map { ($0.text, !$0.content.allowBuild.isEmpty) }
    job.handOut = pod.handOut
    job.scratchSize = scratchSize
    job.sharding = pod.sharding(profile)
    return try ClusterOptions.planning(job.plan)
  }

  private func listed() throws(Failure) -> [String] {
    guard let targetsFrom else { return [] }
    let targets = TargetList.parse(try TargetFile(targetsFrom).text())
    guard !targets.isEmpty else { throw Failure(.usage, "'\(targetsFrom)' lists no targets") }
    return targets
  }

  private static func policy(at path: String) throws(Failure) -> (text: String, content: PolicyFile) {
    let (text, file) = try readingPolicy { () throws(PolicyFileError) in
      let text = try PolicyFile.text(at: path)
      return (text, try PolicyFile.read(text, from: path))
    }
    for cache in file.substituters + file.expectFrom where cache.credentials != nil {
      throw Failure(
        .usage,
        "the policy '\(path)' has a password for \(cache), and a Job's files are read by many; leave it out")
    }
    guard !text.isEmpty else {
      throw Failure(.usage, "the policy '\(path)' says nothing; leave --policy out, or name one that does")
    }
    return (text, file)
  }
}
