import Foundation
public import NixModel
import Yams

/// A policy in YAML (`--policy FILE`). One file serves proofs and gates: the demands on a proof, and the demands of a gate
/// on the evidence. docs/warmth.schema.json describes it.
///
///     substituters: [https://cache.example.org/main]     # prove, forecast; the gate, without expect-from
///     trusted-public-keys: ["main-1:…"]                  # prove, forecast, gate
///     expect-from: [https://cache.example.org/main]      # prove, forecast, gate
///     allow-build: ["vm-test-run-*"]                     # prove, gate
///     forbid-build: ["libguestfs*"]                      # prove, gate
///     strict: true                                       # prove
///     read-only: ["netrc-password@/etc/nix/netrc"]       # prove
///     builds: stop                                       # prove
///     fresh: true                                        # prove, gate
///     timeout: 30m                                       # prove
///     gate:                                              # gate
///       targets: [libguestfs, qemu_kvm]
///       max-age: 24h
///       signed-by: ["collector-1:…"]
///       runners: 2
///       source: github:NixOS/nixpkgs/nixos-unstable
///       systems: [x86_64-linux]
///
/// Demands of both stand in the file once, so that a run that was proved by this file passes the gate by this file. The
/// command line adds to lists and overrides single values.
public struct PolicyFile: Hashable, Sendable {
  /// The caches to ask instead of those that Nix is configured with.
  public var substituters: [SubstituterURL] = []
  /// The keys to trust instead of those that Nix is configured with.
  public var trustedPublicKeys: [PublicKey] = []
  /// The caches that paths must come from.
  public var expectFrom: [SubstituterURL] = []
  /// Nix's permission where it cannot copy a path.
  public var builds: BuildMode?
  /// Derivations that may be built.
  public var allowBuild: [DerivationGlob] = []
  /// Derivations that may not be built, whatever ``allowBuild`` says.
  public var forbidBuild: [DerivationGlob] = []
  /// Whether nothing that a target needs may have been in the store before.
  public var fresh: Bool?
  /// Whether credentials that are good for many things decide as well.
  public var strict: Bool?
  /// Means of writing that only read, as the file says.
  public var readOnly: [ReadOnlyAssertion] = []
  /// After how long a proof ends, inconclusive.
  public var timeout: TimeSpan?
  /// The demands that only a gate makes.
  public var gate = GateSection()

  /// The demands that only a gate makes.
  public struct GateSection: Hashable, Sendable {
    /// The recorded names of the targets.
    public var targets: [String] = []
    /// How old a proof may be.
    public var maxAge: TimeSpan?
    /// Collectors, one of which must have signed the evidence.
    public var signedBy: [PublicKey] = []
    /// How many distinct runners must have proved each target; at least 1.
    public var runners: Int?
    /// Where the attributes are from.
    public var source: String?
    /// The platforms that a proof may be of.
    public var systems: [String] = []

    /// A section that says nothing.
    public init() {}

    enum Key: String, CaseIterable {
      case targets
      case maxAge = "max-age"
      case signedBy = "signed-by"
      case runners
      case source
      case systems
    }
  }

  enum Key: String, CaseIterable {
    case substituters
    case trustedPublicKeys = "trusted-public-keys"
    case expectFrom = "expect-from"
    case builds
    case allowBuild = "allow-build"
    case forbidBuild = "forbid-build"
    case fresh
    case strict
    case readOnly = "read-only"
    case timeout
    case gate
    // As under gate:, for which alone they are.
    case source
    case systems
  }

  /// A policy that says nothing.
  public init() {}

  /// Reads a policy from the file or the pipe at `path`.
  ///
  /// - Throws: ``PolicyFileError`` that names the file and everything that is wrong in it, line by line.
  public static func read(_ path: String) throws(PolicyFileError) -> PolicyFile {
    try read(text(at: path), from: path)
  }

  /// Reads a policy from its text.
  ///
  /// - Parameter path: where the text is from, for errors.
  /// - Throws: ``PolicyFileError``, as ``read(_:)``.
  public static func read(_ text: String, from path: String) throws(PolicyFileError) -> PolicyFile {
    let root: Node?
    // Every value is text to us; telling numbers and dates apart costs more than all the rest.
    do { root = try Yams.compose(yaml: text, .basic) } catch {
      throw PolicyFileError("the policy '\(path)' is not YAML: \(YamlFlaw.phrase(error))")
    }
    guard let root else { return PolicyFile() }
    var reader = PolicyReader()
    let policy = PolicyFile(root, &reader)
    guard reader.mistakes.isEmpty else {
      let places = reader.mistakes.count == 1 ? "in one place" : "in \(reader.mistakes.count) places"
      let lines = reader.mistakes.map { "\n  line \($0.line): \($0.text)" }.joined()
      throw PolicyFileError("the policy '\(path)' is wrong \(places), so nothing was asked:\(lines)")
    }
    return policy
  }

  /// How many bytes a policy has at most.
  private static let longest = 1 << 20

  /// The text of a policy from a file or a pipe: `--policy <(git show origin/main:warmth.yaml)`.
  public static func text(at path: String) throws(PolicyFileError) -> String {
    func unreadable(_ cause: String) -> PolicyFileError {
      PolicyFileError("the policy '\(path)' cannot be read: \(cause)")
    }
    let stream = open(path, O_RDONLY | O_CLOEXEC)
    guard stream >= 0 else { throw unreadable(String(cString: strerror(errno))) }
    defer { close(stream) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = Foundation.read(stream, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(String(cString: strerror(errno))) }
      guard count > 0 else { break }
      bytes += piece[..<count]
      guard bytes.count <= longest else { throw unreadable("it is longer than any policy") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw unreadable("it is no text in UTF-8")
    }
    return text
  }

  /// The policy that `root` holds. Mistakes in it are noted in `reader`.
  private init(_ root: Node, _ reader: inout PolicyReader) {
    var (source, systems): (String?, [String]) = (nil, [])
    for (key, value) in reader.entries(of: root, Key.self, named: nil) {
      // These two have always been allowed to have nothing behind them; then they say nothing.
      if key == .builds || key == .timeout, value.isNothing { continue }
      let name = key.rawValue
      switch key {
      case .substituters: substituters = reader.addresses(value, name)
      case .trustedPublicKeys: trustedPublicKeys = reader.keys(value, name)
      case .expectFrom: expectFrom = reader.addresses(value, name)
      case .allowBuild: allowBuild = reader.globs(value, name)
      case .forbidBuild: forbidBuild = reader.globs(value, name)
      case .fresh: fresh = reader.flag(value, name)
      case .strict: strict = reader.flag(value, name)
      case .readOnly: readOnly = reader.assertions(value, name)
      case .timeout: timeout = reader.span(value, name)
      case .builds:
        builds = reader.value(value, name, of: "one of stop, forbid, observe") { BuildMode(rawValue: $0) }
      case .gate: gate = GateSection(value, &reader)
      case .source: source = reader.source(value, name)
      case .systems: systems = reader.systems(value, name)
      }
    }
    if let source, let other = gate.source, source != other {
      reader.complain(
        root, "source is '\(source.excerpt)', and gate.source is '\(other.excerpt)'; say it once")
    }
    gate.source = gate.source ?? source
    gate.systems += systems
  }
}

extension PolicyFile.GateSection {
  fileprivate init(_ node: Node, _ reader: inout PolicyReader) {
    for (key, value) in reader.entries(of: node, Key.self, named: "gate") {
      let name = "gate.\(key.rawValue)"
      switch key {
      case .targets:
        targets = reader.texts(value, name, such: "[libguestfs, qemu_kvm]")
      case .maxAge: maxAge = reader.span(value, name)
      case .signedBy: signedBy = reader.keys(value, name)
      case .source: source = reader.source(value, name)
      case .systems: systems = reader.systems(value, name)
      case .runners:
        runners = reader.value(value, name, of: "a whole number of 1 or more, such as 2") { text in
          Int(text).flatMap { $0 >= 1 ? $0 : nil }
        }
      }
    }
  }
}

/// Why there is no policy in a file.
public struct PolicyFileError: Error, Hashable, Sendable {
  /// A sentence, and a line for each error in the file.
  public let message: String

  init(_ message: String) { self.message = message }
}
