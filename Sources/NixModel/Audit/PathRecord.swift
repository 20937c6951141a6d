public import Foundation

/// What one run says became of one path: a proof that looked for it, or a publication that pushed it.
public struct PathRecord: Hashable, Sendable {
  /// The path.
  public let path: StorePath
  /// What the run says of it.
  public let said: Said
  /// The archive's size in bytes, as the store registered it, or else as a cache or a publisher told it.
  public let narSize: UInt64?
  /// The run.
  public let run: RunID
  /// When the run started.
  public let started: Date

  /// What a run says of a path.
  public enum Said: Hashable, Sendable {
    /// What became of it in a proof; `nil` where the run was cut off before it could tell, or was recorded by a
    /// `warmth` that told it of targets alone.
    case proof(Outcome?)
    /// What a publication says of it.
    case publication(PathPublication)
  }

  /// What became of it in a proof.
  public var outcome: Outcome? {
    if case .proof(let outcome) = said { outcome } else { nil }
  }

  /// What a proof says.
  public init(path: StorePath, outcome: Outcome?, narSize: UInt64?, run: RunID, started: Date) {
    self.path = path
    said = .proof(outcome)
    self.narSize = narSize
    self.run = run
    self.started = started
  }

  /// What a publication says.
  public init(_ publication: PathPublication) {
    path = publication.path
    said = .publication(publication)
    narSize = publication.narSize
    run = publication.head.id
    started = publication.head.started
  }
}
