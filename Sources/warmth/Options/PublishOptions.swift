import ArgumentParser
import Foundation
import Machine
import NixModel
import Publishing

/// Where a publication goes, and who must get it.
struct DestinationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The Attic cache (or $ATTIC_CACHE).", valueName: "name"))
  var cache: String?

  @Option(
    help: ArgumentHelp(
      "Publish with nix copy instead: to file://, http(s)://, s3://, ssh:// or ssh-ng://, with build logs.",
      valueName: "url"))
  var to: String?

  @Option(help: ArgumentHelp("The key that nix copy signs with.", valueName: "file"))
  var signingKey: String?

  @Flag(help: "Only build: touch neither server nor token.")
  var noPush = false

  @Flag(help: "Push also what Attic's upstream filter would leave out.")
  var ignoreUpstreamCacheFilter = false

  @Option(
    help: ArgumentHelp(
      "Where readers substitute from.",
      discussion: "Else $ATTIC_SERVER/CACHE, or the URL of --to, but for s3://, where it must be given.",
      valueName: "url"))
  var readSide: String?

  @Option(
    name: .customLong("read-key"),
    help: ArgumentHelp(
      "A public key that readers trust. Repeatable; without it, any signature by an unknown key counts.",
      valueName: "key"))
  var readKeys: [String] = []

  @Option(
    name: .customLong("upstream"),
    help: ArgumentHelp("A cache that all readers use besides. Repeatable.", valueName: "url"))
  var upstreams: [String] = []

  @Option(
    name: .customLong("upstream-key-name"),
    help: ArgumentHelp(
      "The key names of Attic's upstream filter. Repeatable; cache.nixos.org-1 by default.", valueName: "name"
    ))
  var upstreamKeyNames: [String] = []

  func validate() throws {
    if cache != nil, to != nil {
      throw ValidationError("--cache and --to exclude each other: a publication goes to one place.")
    }
    if signingKey != nil, to == nil {
      throw ValidationError("--signing-key is for --to; Attic's server signs by itself.")
    }
  }

  /// The destination; `nil` where nothing is pushed.
  ///
  /// - Parameter token: the value of `$ATTIC_TOKEN`.
  func destination(_ variables: [String: String], token: String?) throws(Refusal) -> Destination? {
    if noPush { return nil }
    if let to { return .nixCopy(try Destination.NixCopy(to: to, signingWith: signingKey)) }
    return .attic(
      try Destination.AtticServer(
        server: variables["ATTIC_SERVER"] ?? "", alias: variables["ATTIC_SERVER_NAME"] ?? "warmth",
        cache: cache ?? variables["ATTIC_CACHE"] ?? "", token: token,
        ignoresUpstreamFilter: ignoreUpstreamCacheFilter))
  }
}

/// Where a publication builds.
struct BuildPlaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Nix's build directory, which must be safe; /nix/var/nix/builds by default.", valueName: "dir"))
  var buildsDir: String?

  @Flag(help: "It must be a volume of its own, other than that of /tmp.")
  var requireScratchVolume = false

  @Flag(help: "Close it to others first, and make /tmp sticky: volumes of a pod come open to everybody.")
  var closeScratch = false

  @Option(
    help: ArgumentHelp(
      "The control group of the builds, where that is not this process's own.", valueName: "dir"))
  var cgroup: String?

  func parsed() throws(Failure) -> BuildsDirectory {
    if let cgroup {
      var isDirectory = ObjCBool(false)
      guard FileManager.default.fileExists(atPath: cgroup, isDirectory: &isDirectory), isDirectory.boolValue
      else {
        throw Failure(.usage, "--cgroup '\(cgroup)' is no directory")
      }
    }
    guard let builds = BuildsDirectory(buildsDir, needsVolume: requireScratchVolume) else {
      throw Failure(
        .usage,
        "--builds-dir must be an absolute path, as Nix's own setting is, and '\(buildsDir ?? "")' is none")
    }
    return builds
  }
}
