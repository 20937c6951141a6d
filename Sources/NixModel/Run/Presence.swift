/// What the store held of a path before the run.
public struct Presence: Hashable, Sendable {
  /// The store's database calls it valid.
  public let isValid: Bool
  /// Something is there on disk, registered or not.
  public let isOnDisk: Bool

  /// What was seen.
  public init(isValid: Bool, isOnDisk: Bool) {
    self.isValid = isValid
    self.isOnDisk = isOnDisk
  }

  /// Neither in the database nor on disk.
  public static let absent = Presence(isValid: false, isOnDisk: false)

  /// Whether nothing of it was there.
  public var isAbsent: Bool { self == .absent }
}

/// What the store's database says of a valid path.
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
  /// What it refers to.
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
    self.references = references
  }

  /// Why the recorded metadata of `path` is believed, or `nil`: recorded signatures can be forged.
  public func authority(of path: StorePath, trusting keys: TrustedKeys) -> Authority? {
    Authority(
      fingerprint: Fingerprint(path: path, narHash: narHash, narSize: narSize, references: references),
      signatures: signatures, trusting: keys,
      orContentAddress: contentAddress?.isTrue(of: path, references: references, narHash: narHash) ?? false)
  }
}
