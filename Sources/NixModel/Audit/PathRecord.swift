public import Foundation

/// One run's statement about one path: a proof looked for it, or a publication pushed it.
public struct PathRecord: Hashable, Sendable {
  /// The path.
  public let path: StorePath
  /// The run's statement.
  public let said: Said
  /// The archive's size in bytes, as the store registered it, or else as a cache or a publisher told it.
  public let narSize: UInt64?
  /// The run.
  public let run: RunID
  /// When the run started.
  public let started: Date

  /// A run's statement about a path.
  public enum Said: Hashable, Sendable {
    /// The outcome in a proof; `nil` where the run was cut off before it could tell.
    case proof(Outcome?)
    /// The statement of a publication.
    case publication(PathPublication)
  }

  /// The outcome in a proof.
  public var outcome: Outcome? {
    if case .proof(let outcome) = said { outcome } else { nil }
  }

  /// The statement of a proof.
  public init(path: StorePath, outcome: Outcome?, narSize: UInt64?, run: RunID, started: Date) {
    self.path = path
    said = .proof(outcome)
    self.narSize = narSize
    self.run = run
    self.started = started
  }

  /// The statement of a publication.
  public init(_ publication: PathPublication) {
    path = publication.path
    said = .publication(publication)
    narSize = publication.narSize
    run = publication.head.id
    started = publication.head.started
  }
}
