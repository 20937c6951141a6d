public import ArgumentParser
import Foundation
public import NixModel
import PolicyYAML

/// The targets of a proof or a forecast.
struct TargetOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "What it is about: nixpkgs#libguestfs, ….drv^out, a store path; with -f, attributes of FILE.",
      valueName: "installable"))
  var installables: [String] = []

  @Option(
    help: ArgumentHelp(
      "Take further installables from this file, one on each line; - is standard input.", valueName: "file"))
  var targetsFrom: String?

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

  /// Whether anything is named at all.
  var namesAny: Bool { !installables.isEmpty || profile != nil || targetsFrom != nil }

  /// The targets, parsed; at least one, and each once.
  ///
  /// - Parameters:
  ///   - flags: those that they are evaluated by.
  ///   - expression: the expression that attributes are of (`--expr`).
  func parsed(by flags: EvaluationFlags = .none, of expression: String? = nil) throws(Failure) -> TargetList {
    if file != nil, expression != nil {
      throw Failure(.usage, "-f and --expr exclude each other: attributes are of one of them")
    }
    let root = file.map { Installable.Root.file($0) } ?? expression.map { .expression($0) }
    let attributes = profile?.attributes ?? []
    let fromProfile = root == nil ? attributes.map { "\(nixpkgsRef)#\($0)" } : attributes
    guard root != nil || namesAny else {
      throw Failure(
        .usage,
        "a proof or a forecast needs a target: name an installable such as nixpkgs#libguestfs, or --profile kvm-vm-test, or --targets-from FILE"
      )
    }
    if let file, !Self.isNixs(file), !FileManager.default.fileExists(atPath: file) {
      throw Failure(.usage, "there is no file '\(file)' to take attributes from")
    }
    var parsed: [Installable] = []
    do throws(InstallableError) {
      // As Nix takes a file without attributes: all of it is meant.
      for text in namesAny ? fromProfile + installables : [""] {
        parsed.append(try Installable(parsing: text, of: root))
      }
    } catch {
      throw Failure(.usage, error.description)
    }
    if let targetsFrom { parsed += try TargetFile(targetsFrom).installables(of: root) }
    return TargetList(parsed.map { $0.evaluated(by: flags) })
  }

  /// Whether Nix finds the file itself: `<nixpkgs>` by its search path, and files that are named by an address.
  private static func isNixs(_ file: String) -> Bool {
    file.hasPrefix("<") && file.hasSuffix(">") && file.count > 2
      || ["http://", "https://", "file://", "channel:", "flake:"].contains { file.hasPrefix($0) }
  }
}

/// The policy of a proof.
struct PolicyOptions: ParsableArguments {
  @OptionGroup var caches: CacheOptions

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

  @Flag(
    help: "Let nothing that a target needs be in the store before; else references may be that a cache has.")
  var fresh = false

  @Flag(
    inversion: .prefixedNo,
    help: """
      Let credentials decide that are good for many things, such as SSH keys, as well as those of caches. A Job does \
      so by itself.
      """)
  var strict: Bool?

  @Option(
    help: ArgumentHelp("End the run, inconclusive, after this long, such as 30m.", valueName: "duration"))
  var timeout: TimeSpan?

  /// The policy from the file and the command line together, parsed.
  func parsed() throws(Failure) -> ProofPolicy { try parsed(with: caches.file()) }

  /// The policy from `file` and the command line together, parsed.
  func parsed(with file: PolicyFile) throws(Failure) -> ProofPolicy {
    ProofPolicy(
      policy: Policy(
        builds: builds ?? file.builds ?? .stop,
        allowBuild: try file.allowBuild + globs(allowBuild, of: "--allow-build"),
        forbidBuild: try file.forbidBuild + globs(forbidBuild, of: "--forbid-build"),
        needsFreshStore: fresh || file.fresh == true, strict: strict ?? file.strict ?? false,
        readOnly: file.readOnly),
      caches: try caches.parsed(with: file), timeout: (timeout ?? file.timeout)?.duration)
  }
}

/// Patterns of the command line.
func globs(_ texts: [String], of option: String) throws(Failure) -> [DerivationGlob] {
  do { return try texts.map { try DerivationGlob(parsing: $0) } } catch {
    throw Failure(.usage, "\(option): \(error)")
  }
}

/// A policy with its caches and its time limit.
struct ProofPolicy: Sendable {
  let policy: Policy
  let caches: CacheChoice
  let timeout: Duration?

  init(policy: Policy, caches: CacheChoice, timeout: Duration?) {
    var policy = policy
    policy.expectFrom = caches.expectFrom
    self.policy = policy
    self.caches = caches
    self.timeout = timeout
  }
}

extension BuildMode: ExpressibleByArgument {}
