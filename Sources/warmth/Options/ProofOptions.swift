public import ArgumentParser
import Foundation
public import NixModel

/// The targets of a proof.
struct TargetOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "What the proof is about: nixpkgs#libguestfs, ….drv^out, a store path; with -f, attributes of FILE.",
      valueName: "installable"))
  var installables: [String] = []

  @Option(help: "A set of targets by name; kvm-vm-test is libguestfs, guestfs-tools, qemu and qemu_kvm.")
  var profile: Profile?

  @Option(
    name: [.short, .long], help: ArgumentHelp("Take attributes from this Nix file.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("The nixpkgs that a profile's attributes are of.", valueName: "ref"))
  var nixpkgsRef = "github:NixOS/nixpkgs/nixos-unstable"

  enum Profile: String, ExpressibleByArgument, CaseIterable {
    case kvmVMTest = "kvm-vm-test"

    var attributes: [String] {
      switch self {
      case .kvmVMTest: ["libguestfs", "guestfs-tools", "qemu", "qemu_kvm"]
      }
    }
  }

  /// What was asked for, parsed; at least one.
  func parsed() throws(Failure) -> [Installable] {
    let attributes = profile?.attributes ?? []
    let fromProfile = file == nil ? attributes.map { "\(nixpkgsRef)#\($0)" } : attributes
    guard !installables.isEmpty || !attributes.isEmpty else {
      throw Failure(
        .usage,
        "a proof needs a target: name an installable such as nixpkgs#libguestfs, or --profile kvm-vm-test")
    }
    if let file, !FileManager.default.fileExists(atPath: file) {
      throw Failure(.usage, "there is no file '\(file)' to take attributes from")
    }
    do {
      var parsed: [Installable] = []
      for text in fromProfile + installables {
        let installable = try Installable(parsing: text, file: file)
        if !parsed.contains(installable) { parsed.append(installable) }
      }
      return parsed
    } catch {
      throw Failure(.usage, error.description)
    }
  }
}

/// What a proof must show.
struct PolicyOptions: ParsableArguments {
  @Option(
    name: .customLong("substituter"),
    help: ArgumentHelp("A cache to use instead of the configured ones. Repeatable.", valueName: "url"))
  var substituters: [String] = []

  @Option(
    name: .customLong("trusted-public-key"),
    help: ArgumentHelp("A key to trust instead of the configured ones. Repeatable.", valueName: "key"))
  var trustedPublicKeys: [String] = []

  @Option(
    help: ArgumentHelp(
      "A cache that paths must come from; by default any that is used. Repeatable.", valueName: "url"))
  var expectFrom: [String] = []

  @Option(
    help: ArgumentHelp(
      "What happens where a path cannot be copied: stop at the first certainty, forbid building, or observe it.",
      valueName: "stop|forbid|observe"))
  var builds: BuildMode?

  @Option(
    help: ArgumentHelp(
      "Derivations that may be built here, by name, such as 'vm-test-run-*'. Repeatable.", valueName: "glob"))
  var allowBuild: [String] = []

  @Option(help: ArgumentHelp("Derivations that may not, whatever is allowed. Repeatable.", valueName: "glob"))
  var forbidBuild: [String] = []

  @Option(help: ArgumentHelp("A policy in YAML, which these options add to.", valueName: "file"))
  var policy: String?

  @Option(
    help: ArgumentHelp("End the run, inconclusive, after this long, such as 30m.", valueName: "duration"))
  var timeout: TimeSpan?

  /// The policy, with what the file and the command line say, parsed.
  func parsed() throws(Failure) -> ProofPolicy {
    var file = PolicyFile()
    if let policy { file = try PolicyFile.read(policy) }
    var mode = builds ?? .stop
    if builds == nil, let word = file.builds {
      guard let known = BuildMode(rawValue: word) else {
        throw Failure(
          .usage, "the policy '\(policy ?? "")' has builds: '\(word)', which is none of stop, forbid, observe"
        )
      }
      mode = known
    }
    var limit = timeout
    if limit == nil, let text = file.timeout {
      guard let span = TimeSpan(argument: text) else {
        throw Failure(
          .usage, "the policy '\(policy ?? "")' has timeout: '\(text)', which is no duration such as 30m")
      }
      limit = span
    }
    do {
      let urls = { (texts: [String]) throws(SubstituterURLError) -> [SubstituterURL] in
        var urls: [SubstituterURL] = []
        for text in texts { urls.append(try SubstituterURL(parsing: text)) }
        return urls
      }
      return ProofPolicy(
        policy: Policy(
          builds: mode, allowBuild: (file.allowBuild + allowBuild).map { DerivationGlob($0) },
          forbidBuild: (file.forbidBuild + forbidBuild).map { DerivationGlob($0) },
          expectFrom: try urls(file.expectFrom + expectFrom)),
        substituters: try urls(file.substituters + substituters),
        trustedKeys: try (file.trustedPublicKeys + trustedPublicKeys).map { try PublicKey(parsing: $0) },
        timeout: limit?.duration)
    } catch {
      throw Failure(.usage, "\(error)")
    }
  }
}

/// A policy and what goes with it; empty lists mean what Nix is configured with.
struct ProofPolicy: Sendable {
  let policy: Policy
  let substituters: [SubstituterURL]
  let trustedKeys: [PublicKey]
  let timeout: Duration?
}

extension BuildMode: ExpressibleByArgument {}
