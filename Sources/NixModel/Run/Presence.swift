/// The state of a path in the store before anything is realized: after evaluation, which adds paths itself.
public struct Presence: Hashable, Sendable {
  /// The entry of the store's database; `nil` where the path was not valid.
  public let entry: Entry?
  /// Something is there on disk, registered or not.
  public let isOnDisk: Bool

  /// A valid path, and since when it is.
  public struct Entry: Hashable, Sendable {
    /// How it is registered.
    public let registration: Registration
    /// Since when.
    public let arrival: Arrival

    /// A valid path.
    public init(_ registration: Registration, _ arrival: Arrival) {
      self.registration = registration
      self.arrival = arrival
    }
  }

  /// Since when a path is valid, by the store's database and never by a log. The row is the database's, where that
  /// could be read.
  public enum Arrival: Hashable, Sendable {
    /// Since before anything of the run began.
    case before(row: Int64?)
    /// Since the run evaluated.
    case evaluation(row: Int64?)

    /// The row of `ValidPaths`.
    public var row: Int64? {
      switch self {
      case .before(let row), .evaluation(let row): row
      }
    }
  }

  /// A state.
  public init(_ entry: Entry?, isOnDisk: Bool) {
    self.entry = entry
    self.isOnDisk = isOnDisk
  }

  /// Neither in the database nor on disk.
  public static let absent = Presence(nil, isOnDisk: false)

  /// On disk, and nothing that the database knows.
  public static let unregistered = Presence(nil, isOnDisk: true)

  /// The store's database calls it valid.
  public var isValid: Bool { entry != nil }

  /// Whether anything of it was there before anything of the run began. Unregistered files could be older than the run,
  /// and count as older.
  public var isOlder: Bool {
    switch entry?.arrival {
    case .before: true
    case .evaluation: false
    case nil: isOnDisk
    }
  }

  /// Whether evaluation added it.
  public var isOfEvaluation: Bool { isValid && !isOlder }
}

/// The entry of a valid path in the store's database.
public struct Registration: Hashable, Sendable {
  /// The archive's hash.
  public let narHash: NarHash
  /// The archive's size in bytes.
  public let narSize: UInt64
  /// Whether it was built here. The database writes 1 or nothing, never 0.
  public let isUltimate: Bool
  /// The signatures that were recorded, valid or not.
  public let signatures: [Signature]
  /// The claim of being content-addressed.
  public let contentAddress: ContentAddress?
  /// The paths that it refers to, sorted: the database gives them in the order in which it got to know them, which
  /// differs from store to store.
  public let references: [StorePath]

  /// A row of the database.
  public init(
    narHash: NarHash, narSize: UInt64, isUltimate: Bool, signatures: [Signature],
    contentAddress: ContentAddress?, references: [StorePath]
  ) {
    self.narHash = narHash
    self.narSize = narSize
    self.isUltimate = isUltimate
    self.signatures = signatures
    self.contentAddress = contentAddress
    self.references = references.sorted()
  }

  /// Whether the path follows from its content, so that no signature is needed.
  public func isContentAddressed(_ path: StorePath) -> Bool {
    contentAddress?.isTrue(of: path, references: references, narHash: narHash) ?? false
  }

  /// The data that signatures of `path` are over.
  func fingerprint(of path: StorePath) -> Fingerprint {
    Fingerprint(path: path, narHash: narHash, narSize: narSize, references: references)
  }

  /// Why the recorded metadata of `path` is believed, or `nil`: recorded signatures can be forged.
  public func authority(of path: StorePath, trusting keys: TrustedKeys) -> Authority? {
    Authority(
      fingerprint: fingerprint(of: path), signatures: signatures, trusting: keys,
      orContentAddress: isContentAddressed(path))
  }
}
