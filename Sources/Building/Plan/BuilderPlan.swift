import Crypto
public import Foundation
public import NixModel

/// Everything that is done for one builder, before anything of it is done.
public struct BuilderPlan: Sendable {
  /// The build's name.
  public let id: RunID
  /// What is recorded of it.
  public let order: BuildOrder
  public let identity: BuilderIdentity
  /// When the machine is to be gone at the latest.
  public let expires: Date
  /// The unit that the kernel's command line makes.
  public let unit: UnitFile
  public let script: IPXEScript
  /// The image that the script boots.
  public let image: NetbootImage
  /// The files of the bootstrap that hold no secret, by name.
  public let files: [String: String]
  /// The files of the bootstrap that hold secrets, and what they are.
  public let secrets: [String: String]
  /// The machine's user data. It holds secrets.
  let userData: String

  /// The name of the unit that the kernel's command line makes.
  public static let unitName = "warmth-builder.service"

  /// Makes keys and renders everything.
  ///
  /// - Throws: ``PlanFlaw``.
  public init(_ options: BuilderOptions, named id: RunID, at now: Date, userDataLimit limit: Int)
    throws(PlanFlaw)
  {
    let work = try options.work.checked()
    let hostKey = SSHKey()
    var secret: [String: (text: String, name: String)] = [
      "host-key": (hostKey.secretText, "the machine's ssh host key, made for this build")
    ]
    var uploadKey: String?
    switch options.access {
    case .ownKey:
      let key = SSHKey()
      uploadKey = key.publicText
      secret["upload-key"] = (key.secretText, "the ssh key that uploads, made for this build")
    case .key(let text): secret["upload-key"] = (text, "the ssh key that uploads, yours")
    case .credentials(let text):
      secret["aws-credentials"] = (text, "the credentials of the object store, yours")
    }
    let signing: SigningKey
    switch options.signing {
    case .ownKey:
      do { signing = try SigningKey(named: "warmth-\(id)-1") } catch { throw .material("\(error)") }
      secret["signing-key"] = (signing.secretText + "\n", "the key that signs builds, made for this build")
    case .cacheKey(let key):
      signing = key
      secret["signing-key"] = (key.secretText + "\n", "the cache's own signing key, \(key.publicKey.name)")
    }
    let watchers = try options.watchers.map { (key) throws(PlanFlaw) in try Self.watcher(key) }
    if options.destination.isSSH { try Self.check(knownHosts: options.knownHosts) }

    var files = MachineFiles.all
    files["settings"] = Self.settings(of: options, work, id)
    files["command"] = work.command
    files["release.nix"] = work.release
    files["nix.conf"] = try Self.nixConfiguration(of: options)
    files["known_hosts"] = options.knownHosts
    files["watchers"] = watchers.map { $0 + "\n" }.joined()
    files["settings.json"] = try Self.json(
      SettingsOfNixOS(publicLogs: options.hasPublicLogs, watchers: watchers))
    for (name, unit) in BuilderUnits.all(of: options) { files["units/\(name)"] = unit.text }

    let archive = TarArchive(
      (files.merging(secret.mapValues(\.text)) { own, _ in own }).mapValues { Array($0.utf8) })
    guard let packed = Gzip.pack(archive.bytes) else { throw .material("the bootstrap could not be packed") }
    userData =
      Data(packed).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed]) + "\n"
    guard userData.utf8.count <= limit else { throw .bootstrap(bytes: userData.utf8.count, limit: limit) }
    let digest = Array(SHA256.hash(data: packed)).base16

    self.id = id
    image = options.image
    self.files = files
    secrets = secret.mapValues(\.name)
    expires = now.addingTimeInterval(TimeInterval(options.deadline))
    unit = BuilderUnits.first(reading: options.metadata, digest: digest)
    script = try IPXEScript(of: options.image, adding: .starting(unit, named: Self.unitName))
    order = BuildOrder(
      provider: options.provider, region: options.region, plan: options.plan, hourlyPrice: nil,
      deadline: options.deadline, isKept: options.isKept, source: work.source, targets: work.targets,
      destination: options.destination.name)
    identity = BuilderIdentity(
      hostKey: hostKey.publicText, signingKey: "\(signing.publicKey)", uploadKey: uploadKey,
      bootstrap: digest,
      hasPublicLogs: options.hasPublicLogs)
  }

  /// What the provider is asked for. Its user data is secret.
  public var request: ServerRequest {
    ServerRequest(
      build: id, region: order.region, plan: order.plan, script: script.text, userData: userData,
      expires: expires)
  }

  private static func settings(of options: BuilderOptions, _ work: BuildWork, _ id: RunID) -> String {
    // Every option, so that nothing of the machine's own ssh decides. Connections are shared by uploads.
    let ssh =
      [
        "-i /run/warmth/upload-key", "-o IdentitiesOnly=yes", "-o BatchMode=yes", "-o ConnectTimeout=20",
        "-o UserKnownHostsFile=/run/warmth/known_hosts", "-o GlobalKnownHostsFile=/dev/null",
        "-o StrictHostKeyChecking=yes", "-o ServerAliveInterval=15", "-o ControlMaster=auto",
        "-o ControlPath=/run/warmth/ssh-%C", "-o ControlPersist=60",
      ] + (options.destination.port.map { ["-p \($0)"] } ?? [])
    let settings: [(String, String)] = [
      ("RUN", id.text), ("TO", options.destination.url), ("TARGETS", work.targets.joined(separator: " ")),
      ("CARRIES_LOGS", options.destination.carriesLogs ? "yes" : "no"),
      ("SSH_OPTIONS", ssh.joined(separator: " ")),
      ("KEEP_DONE", "\(options.isKept ? options.deadline : 600)"), ("KEEP_FAILED", "\(options.keepFailed)"),
      ("KEEP_SETUP", "300"), ("NIXPKGS", options.nixpkgs.map(\.nixpkgs) ?? ""),
    ]
    return settings.map { "\($0)=\($1.shellWord)\n" }.joined()
  }

  private static func nixConfiguration(of options: BuilderOptions) throws(PlanFlaw) -> String {
    for address in options.substituters where WebAddress(parsing: address) == nil || address.contains("@") {
      throw .address(address)
    }
    var lines = [
      "experimental-features = nix-command flakes", "sandbox = true", "sandbox-fallback = false",
      "max-jobs = auto", "connect-timeout = 15", "post-build-hook = /run/warmth-lib/queue",
      "secret-key-files = /run/warmth/signing-key", "trusted-users = root",
    ]
    if !options.substituters.isEmpty {
      lines.append("extra-substituters = \(options.substituters.joined(separator: " "))")
    }
    if !options.trustedKeys.isEmpty {
      lines.append(
        "extra-trusted-public-keys = \(options.trustedKeys.map(\.description).joined(separator: " "))")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// A line of `authorized_keys` that opens a tunnel to the logs, and nothing else.
  private static func watcher(_ line: String) throws(PlanFlaw) -> String {
    let fields = line.split(whereSeparator: \.isWhitespace)
    guard fields.count >= 2, fields[0].wholeMatch(of: /[a-z0-9@.-]{6,60}/) != nil,
      fields[1].wholeMatch(of: /[A-Za-z0-9+\/=]{40,}/) != nil
    else {
      throw .material("'\(line.excerpt)' is no public key of ssh; name a file such as ~/.ssh/id_ed25519.pub")
    }
    return
      "restrict,port-forwarding,permitopen=\"127.0.0.1:\(JournalGateway.port)\",command=\"/bin/false\" \(fields[0]) \(fields[1])"
  }

  private static func check(knownHosts: String) throws(PlanFlaw) {
    let lines = knownHosts.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
    // `[@marker] hosts type key [comment]` (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
    let form = /(@[a-z-]+ +)?[^ "{}]+ +[a-z0-9@.-]*(ssh|ecdsa)[a-z0-9@.-]* +[A-Za-z0-9+\/=]+( .*)?/
    guard !lines.isEmpty, lines.allSatisfy({ $0.wholeMatch(of: form) != nil }) else {
      throw .material(
        "the storage's host key is not known: give --known-hosts a file of lines such as `ssh-keyscan HOST` prints, after you compared them with the storage's own"
      )
    }
  }

  private struct SettingsOfNixOS: Encodable {
    let publicLogs: Bool
    let watchers: [String]
  }

  private static func json(_ value: some Encodable) throws(PlanFlaw) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do { return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n" } catch {
      throw .material("the machine's settings cannot be written: \(error)")
    }
  }
}

extension BuildSource {
  /// A nixpkgs, as an argument of Nix.
  fileprivate var nixpkgs: String { "(\(expression))" }
}

/// Where the journal can be read on the machine.
public enum JournalGateway {
  /// The port of systemd-journal-gatewayd.
  public static let port = 19531
}
