public import Machine
public import NixModel

/// What is to be published, where to, and who must get it.
public struct Order: Sendable {
  public let targets: [Installable]
  /// `nil` where nothing is pushed.
  let destination: Destination?
  /// Whether anything is pushed.
  public var isPushed: Bool { destination != nil }
  /// Where readers substitute from; `nil` where only Nix can ask, and where nothing is pushed.
  let readSide: SubstituterURL?
  /// Further caches that all readers use.
  let upstreams: [SubstituterURL]
  /// The keys that readers trust; none where that was not said.
  let readKeys: [PublicKey]
  /// The public half of the key that signs here, if one does.
  let ownKeys: [PublicKey]
  /// The names of keys whose paths Attic's filter leaves out.
  let upstreamKeyNames: [String]
  /// Whether the paths that the targets are built with are published, too.
  let hasBuildClosure: Bool
  let builds: BuildsDirectory
  /// The control group of the builds, where that is not this process's own.
  let controlGroup: String?
  /// The nixpkgs that Attic's client is taken from where there is none.
  let nixpkgs: String

  /// - Parameters:
  ///   - readSide: as it was typed, and so are `upstreams`.
  /// - Throws: ``Refusal``.
  public init(
    _ targets: [Installable], to destination: Destination?, readSide: String?, upstreams: [String],
    readKeys: [PublicKey], ownKeys: [PublicKey], upstreamKeyNames: [String], hasBuildClosure: Bool,
    builds: BuildsDirectory,
    controlGroup: String?, nixpkgs: String
  ) throws(Refusal) {
    self.targets = targets
    self.destination = destination
    let schemes = ["http", "https", "file"]
    var caches: [SubstituterURL] = []
    for text in upstreams { caches.append(try PlainAddress.parse(text, of: "--upstream", schemes)) }
    self.upstreams = caches
    if let readSide {
      self.readSide = try PlainAddress.parse(readSide, of: "--read-side", schemes)
    } else {
      self.readSide = try destination?.readSide()
    }
    (self.readKeys, self.ownKeys, self.upstreamKeyNames) = (readKeys, ownKeys, upstreamKeyNames)
    (self.hasBuildClosure, self.builds) = (hasBuildClosure, builds)
    (self.controlGroup, self.nixpkgs) = (controlGroup, nixpkgs)
  }
}
