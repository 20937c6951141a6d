import ArgumentParser
import Foundation
import NixModel
import PolicyYAML

/// The demands of a gate.
struct GateOptions: ParsableArguments {
  @Option(
    name: [.customShort("t"), .customLong("target")],
    help: ArgumentHelp(
      "A target by its recorded reference, or by its attribute alone where all that is recorded of it is of one source and platform. Repeatable.",
      valueName: "target"))
  var targets: [String] = []

  @Option(
    help: ArgumentHelp("How old a proof may be; 24h unless a policy says else.", valueName: "duration"))
  var maxAge: TimeSpan?

  @Option(
    name: [.customLong("signed-by"), .customLong("trusted-key")],
    help: ArgumentHelp(
      "A collector's public key, of which one must have signed the evidence. Repeatable.", valueName: "key"))
  var trustedKeys: [String] = []

  @Option(
    help: ArgumentHelp(
      "How many distinct runners must have proved each target, without anything to the contrary since.",
      valueName: "number"))
  var runners: Int?

  @Option(help: ArgumentHelp("A policy in YAML, which these options add to.", valueName: "file"))
  var policy: String?

  func validate() throws {
    if let runners, runners < 1 { throw ValidationError("--runners must be at least 1.") }
  }

  /// A remark for a person who expects a policy in the working directory to be used, although it was not named.
  var remark: String? {
    policy == nil && FileManager.default.fileExists(atPath: "warmth.yaml")
      ? "a warmth.yaml here, which is no policy unless --policy names it" : nil
  }

  /// The targets, each once, and the policy, from the file and the command line together.
  ///
  /// - Parameter isAsked: whether the command names other targets.
  func parsed(besides isAsked: Bool) throws(Failure) -> (targets: [String], policy: GatePolicy) {
    var file: PolicyFile?
    if let policy { file = try readingPolicy { () throws(PolicyFileError) in try PolicyFile.read(policy) } }
    // `<(git show …)` leaves nothing where git fails, too. A gate must not take that for a policy that demands little.
    guard file != PolicyFile() else {
      throw Failure(.usage, "the policy '\(policy ?? "")' says nothing, and a gate must be told what to ask")
    }
    let section = file?.gate ?? PolicyFile.GateSection()
    let all = section.targets + targets
    guard isAsked || !all.isEmpty else {
      throw Failure(
        .usage, "the policy '\(policy ?? "")' names no targets (gate.targets), and neither does --target")
    }
    let collectors: [PublicKey]
    do { collectors = try trustedKeys.map { try PublicKey(parsing: $0) } } catch {
      throw Failure(.usage, "\(error)")
    }
    var demands = GatePolicy(
      maximumAge: (maxAge ?? section.maxAge)?.seconds ?? 24 * 3600,
      collectors: section.signedBy + collectors, runners: runners ?? section.runners ?? 1,
      systems: section.systems, source: section.source)
    if let file {
      // Without expect-from a proof accepts every cache that it uses, and by this file it uses these.
      demands.acceptedCaches = file.expectFrom.isEmpty ? file.substituters : file.expectFrom
      demands.trustedKeys = file.trustedPublicKeys
      demands.needsFreshStore = file.fresh == true
      demands.builds = Policy(allowBuild: file.allowBuild, forbidBuild: file.forbidBuild)
    }
    return (all.unique, demands)
  }
}
