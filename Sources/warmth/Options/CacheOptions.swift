import ArgumentParser
import NixCommand
import NixModel

/// Which caches are asked, and which of them count.
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
  func file() throws(Failure) -> PolicyFile { try policy.map(PolicyFile.read) ?? PolicyFile() }

  /// What `file` and the command line say together, parsed.
  func parsed(with file: PolicyFile) throws(Failure) -> CacheChoice {
    do {
      let urls = { (texts: [String]) throws(SubstituterURLError) -> [SubstituterURL] in
        var urls: [SubstituterURL] = []
        for text in texts { urls.append(try SubstituterURL(parsing: text)) }
        return urls
      }
      return CacheChoice(
        substituters: try file.substituters + urls(substituters),
        trustedKeys: try file.trustedPublicKeys + trustedPublicKeys.map { try PublicKey(parsing: $0) },
        expectFrom: try file.expectFrom + urls(expectFrom))
    } catch {
      throw Failure(.usage, "\(error)")
    }
  }
}

/// The caches that were chosen; empty lists mean what Nix is configured with, and that all of it counts.
struct CacheChoice: Sendable {
  let substituters: [SubstituterURL]
  let trustedKeys: [PublicKey]
  let expectFrom: [SubstituterURL]

  /// The caches and keys, those that Nix is configured with where none were chosen: what is not needed is not read.
  func completed(
    by settings: NixSettings
  ) throws(NixError) -> (substituters: [SubstituterURL], keys: TrustedKeys) {
    (
      substituters.isEmpty ? settings.substituters : substituters,
      trustedKeys.isEmpty ? try settings.trustedKeys() : TrustedKeys(trustedKeys)
    )
  }
}
