import ArgumentParser
import NixCommand
import NixModel
import PolicyYAML

/// The caches to ask, and those that count.
struct CacheOptions: ParsableArguments {
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

  @Option(help: ArgumentHelp("A policy in YAML, which these options add to.", valueName: "file"))
  var policy: String?

  /// The policy's file; one that says nothing where none is named.
  func file() throws(Failure) -> PolicyFile {
    guard let policy else { return PolicyFile() }
    return try readingPolicy { () throws(PolicyFileError) in try PolicyFile.read(policy) }
  }

  /// The caches of `file` and of the command line together, parsed.
  func parsed(with file: PolicyFile) throws(Failure) -> CacheChoice {
    do {
      let urls = { (texts: [String]) throws(SubstituterURLError) -> [SubstituterURL] in
        var urls: [SubstituterURL] = []
        for text in texts { urls.append(try SubstituterURL(parsing: text)) }
        return urls
      }
      let choice = CacheChoice(
        substituters: try file.substituters + urls(substituters),
        trustedKeys: try file.trustedPublicKeys + trustedPublicKeys.map { try PublicKey(parsing: $0) },
        expectFrom: try file.expectFrom + urls(expectFrom))
      if !choice.substituters.isEmpty { try choice.check(among: choice.substituters) }
      return choice
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.usage, "\(error)")
    }
  }
}

/// The caches that were chosen. An empty list of caches or keys means those that Nix is configured with; an empty list of
/// accepted caches means all.
struct CacheChoice: Sendable {
  let substituters: [SubstituterURL]
  let trustedKeys: [PublicKey]
  let expectFrom: [SubstituterURL]

  /// Refuses an accepted cache that is not among `substituters`, the caches of the run: nothing can come from it, and
  /// a verdict of cold would blame a cache that was never asked.
  func check(among substituters: [SubstituterURL]) throws(Failure) {
    guard let stranger = expectFrom.first(where: { !substituters.contains($0) }) else { return }
    let used = substituters.isEmpty ? "none" : substituters.map(\.canonical).joined(separator: ", ")
    throw Failure(
      .usage,
      "--expect-from names \(stranger), which is none of the caches that the run uses (\(used)), so nothing can come from it; name it with --substituter too, and its key with --trusted-public-key"
    )
  }

  /// The same check where the caches are those that Nix is configured with. A Nix that cannot be asked is for the
  /// proof to report.
  func check(
    with nix: String, keeping kept: [String], options: [(name: String, value: String)]
  ) async throws(Failure) {
    guard !expectFrom.isEmpty, substituters.isEmpty,
      let settings = try? await NixProgram.open(
        nix, supervision: Main.supervisor, keeping: kept, options: options
      ).settings
    else { return }
    try check(among: settings.substituters)
  }

  /// The caches and keys. Those that Nix is configured with are read only where none were chosen, because they may be
  /// malformed.
  func completed(
    by settings: NixSettings
  ) throws(NixError) -> (substituters: [SubstituterURL], keys: TrustedKeys) {
    (
      substituters.isEmpty ? settings.substituters : substituters,
      trustedKeys.isEmpty ? try settings.trustedKeys() : TrustedKeys(trustedKeys)
    )
  }
}
