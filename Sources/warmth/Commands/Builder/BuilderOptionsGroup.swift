import ArgumentParser
import Building
import Clouds
import Foundation
import NixModel

/// What a builder is asked for.
struct BuilderOptionsGroup: ParsableArguments {
  @Argument(help: ArgumentHelp("What to build: github:NixOS/nixpkgs/REV#hello.", valueName: "installable"))
  var installables: [String] = []

  @Option(help: ArgumentHelp("The provider's region, such as fra.", valueName: "name"))
  var region: String

  @Option(help: ArgumentHelp("The provider's kind of machine, such as vhp-8c-16gb-amd.", valueName: "name"))
  var plan: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A release file, relative to the top of --repository.", valueName: "file"))
  var file: String?

  @Option(
    name: [.customShort("A"), .customLong("attr")],
    help: ArgumentHelp(
      "An attribute of the release file. Repeatable; all of the file by default.", valueName: "attribute"))
  var attributes: [String] = []

  @Option(help: ArgumentHelp("The Git repository, or the archive, with the release file.", valueName: "url"))
  var repository: String?

  @Option(help: ArgumentHelp("The commit of the repository: 40 digits.", valueName: "commit"))
  var revision: String?

  @Option(
    help: ArgumentHelp(
      "The digest of the archive, unpacked (nix-prefetch-url --unpack).", valueName: "digest"))
  var sha256: String?

  @Option(
    help: ArgumentHelp("The storage: ssh-ng://USER@HOST, ssh://USER@HOST or s3://BUCKET?….", valueName: "url")
  )
  var to: String

  @Option(
    help: ArgumentHelp(
      "The storage's lines of known_hosts, as `ssh-keyscan HOST` prints them.", valueName: "file"))
  var knownHosts: String?

  @Option(
    help: ArgumentHelp(
      "A command of this machine that tells the storage the machine's public keys, which it reads as JSON.",
      discussion: "Then the machine uploads with a key of its own. It runs before the machine is made.",
      valueName: "command"))
  var announce: String?

  @Option(
    help: ArgumentHelp(
      "The secret ssh key to upload with, instead of one of the machine's own.", valueName: "file"))
  var uploadKey: String?

  @Option(
    help: ArgumentHelp(
      "The credentials of an s3:// storage, in the form of ~/.aws/credentials.", valueName: "file"))
  var awsCredentials: String?

  /// The key that signs builds.
  enum RunKey: String, ExpressibleByArgument, CaseIterable {
    case auto
  }

  @Option(help: "The key that signs builds: auto makes one for this machine alone.")
  var runKey: RunKey?

  @Option(
    help: ArgumentHelp(
      "Sign builds with this key instead. Every program of root on the machine can read it.",
      valueName: "file"))
  var signingKey: String?

  @Option(
    name: .customLong("watch-key"),
    help: ArgumentHelp("A public ssh key that may read the logs. Repeatable.", valueName: "file"))
  var watchKeys: [String] = []

  @Flag(help: "Let everybody who reaches the machine read its logs, without encryption.")
  var publicLogs = false

  @Option(help: ArgumentHelp("How long the machine may live; 4h by default.", valueName: "duration"))
  var deadline: TimeSpan?

  @Option(help: ArgumentHelp("How long it stays after a failure; 30m by default.", valueName: "duration"))
  var keepFailed: TimeSpan?

  @Flag(help: "Let it stay after a success, until its deadline.")
  var keep = false

  @Option(
    help: ArgumentHelp(
      "The image: a base address, the address of an .ipxe script, or a JSON file that pins kernel and initrd.",
      valueName: "url|file"))
  var netboot = NetbootImage.nixosUnstable

  @Option(
    name: .customLong("substituter"),
    help: ArgumentHelp("A further cache that the machine takes from. Repeatable.", valueName: "url"))
  var substituters: [String] = []

  @Option(
    name: .customLong("trusted-public-key"),
    help: ArgumentHelp("A key of such a cache. Repeatable.", valueName: "key"))
  var trustedKeys: [String] = []

  @Option(
    help: ArgumentHelp(
      "An archive of nixpkgs for the machine's configuration; the image's own by default.", valueName: "url"))
  var nixpkgs: String?

  @Option(help: ArgumentHelp("The digest of that archive, unpacked.", valueName: "digest"))
  var nixpkgsSha256: String?

  func validate() throws {
    if runKey != nil, signingKey != nil {
      throw ValidationError("--run-key and --signing-key exclude each other.")
    }
    if [announce, uploadKey, awsCredentials].compactMap(\.self).count > 1 {
      throw ValidationError("--announce, --upload-key and --aws-credentials exclude each other.")
    }
    if file == nil, !attributes.isEmpty || repository != nil || revision != nil || sha256 != nil {
      throw ValidationError("-A, --repository, --revision and --sha256 are about a release file (-f).")
    }
    if file != nil, !installables.isEmpty {
      throw ValidationError("a release file (-f) and installables exclude each other.")
    }
  }

  /// The options, with all files read.
  func parsed(for provider: ProviderOptions) throws(Failure) -> BuilderOptions {
    do {
      let destination = try StorageAddress(parsing: to)
      var options = BuilderOptions(
        provider: provider.provider.rawValue, region: region, plan: plan, work: try work(),
        destination: destination, access: try access(to: destination), image: try image())
      options.deadline = deadline?.seconds ?? options.deadline
      options.keepFailed = keepFailed?.seconds ?? options.keepFailed
      options.isKept = keep
      options.hasPublicLogs = publicLogs
      if let signingKey { options.signing = .cacheKey(try SigningKeyFile.readOfOwner(signingKey)) }
      if let knownHosts {
        options.knownHosts = try OwnersFile.readPublic(knownHosts, as: "the storage's host key")
      }
      for path in watchKeys {
        let text = try OwnersFile.readPublic(path, as: "the public key of a watcher")
        options.watchers += text.split(whereSeparator: \.isNewline).map(String.init).filter {
          !$0.hasPrefix("#")
        }
      }
      options.substituters = substituters
      for key in trustedKeys {
        do { options.trustedKeys.append(try PublicKey(parsing: key)) } catch {
          throw Failure(.usage, "--trusted-public-key: \(error)")
        }
      }
      if let nixpkgs {
        options.nixpkgs = try BuildSource(repository: nixpkgs, revision: nil, sha256: nixpkgsSha256)
      }
      return options
    } catch let error as Failure {
      throw error
    } catch { throw Failure(.usage, "\(error)") }
  }

  private func work() throws(PlanFlaw) -> BuildWork {
    guard let file else { return .installables(installables) }
    guard let repository else {
      throw .targets("-f names a file of a repository: add --repository URL and --revision COMMIT")
    }
    return .release(
      file: file, of: try BuildSource(repository: repository, revision: revision, sha256: sha256),
      attributes: attributes)
  }

  private func access(to destination: StorageAddress) throws -> BuilderOptions.Access {
    if let awsCredentials {
      return .credentials(try secret(awsCredentials, as: "the credentials of the storage"))
    }
    if let uploadKey {
      let text = try secret(uploadKey, as: "the key that uploads")
      guard text.hasPrefix("-----BEGIN "), text.contains("PRIVATE KEY-----") else {
        throw Failure(.usage, "'\(uploadKey)' is no secret key of ssh; ssh-keygen -t ed25519 makes one")
      }
      return .key(text.hasSuffix("\n") ? text : text + "\n")
    }
    guard announce != nil else {
      throw Failure(
        .usage,
        destination.isSSH
          ? "the storage has to know the machine's key: --announce COMMAND tells it one that is made for this machine, or --upload-key FILE brings one that it knows"
          : "an s3:// storage needs --aws-credentials FILE")
    }
    guard destination.isSSH else { throw Failure(.usage, "an s3:// storage needs --aws-credentials FILE") }
    return .ownKey
  }

  private func secret(_ path: String, as name: String) throws(Failure) -> String {
    let text = try OwnersFile.read(path, as: name)
    Redaction.known?.learn(text)
    return text
  }

  private func image() throws -> NetbootImage {
    if netboot.contains("://") { return try NetbootImage(base: netboot) }
    return try NetbootImage(pin: Array(try OwnersFile.readPublic(netboot, as: "the pinned image").utf8))
  }
}
