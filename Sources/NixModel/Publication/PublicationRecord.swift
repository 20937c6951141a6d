/// A publication as a list shows it.
public struct PublicationRecord: Hashable, Sendable {
  /// How it began and ended.
  public let head: PublicationHead
  /// Its targets.
  public let targets: [String]
  /// The numbers of paths by their outcomes.
  public let counts: PublicationCounts

  /// A line of a list.
  public init(head: PublicationHead, targets: [String], counts: PublicationCounts) {
    self.head = head
    self.targets = targets
    self.counts = counts
  }
}

/// The numbers of paths of a publication by their outcomes.
public struct PublicationCounts: Hashable, Sendable {
  /// All of them.
  public var paths = 0
  /// Those that were pushed.
  public var pushed = 0
  /// Those that the cache had.
  public var alreadyThere = 0
  /// Those that the cache's filter left out.
  public var filtered = 0
  /// Those that could not be pushed.
  public var failed = 0
  /// Those that were not to be pushed.
  public var notPushed = 0
  /// Those that the read side served afterwards.
  public var served = 0
  /// Those that it did not serve.
  public var notServed = 0

  /// None.
  public init() {}

  /// Adds `count` paths that came to `published`, and that the read side served or not, as far as it was asked.
  public mutating func add(_ count: Int, _ published: PublishedPath.Published, isServed: Bool?) {
    paths += count
    if let isServed { isServed ? (served += count) : (notServed += count) }
    switch published {
    case .pushed: pushed += count
    case .alreadyThere: alreadyThere += count
    case .filtered: filtered += count
    case .failed: failed += count
    case .notPushed: notPushed += count
    }
  }
}

/// One publication's statement about one path.
public struct PathPublication: Hashable, Sendable {
  /// The path.
  public let path: StorePath
  /// The statement.
  public let said: Said
  /// The publication.
  public let head: PublicationHead

  /// A publication's statement about a path.
  public enum Said: Hashable, Sendable {
    /// It is among the paths that the targets need.
    case path(PublishedPath)
    /// It is only known as an output of a target with this outcome.
    case output(PublishedTarget.Outcome)
  }

  /// The statement of `head` about `path`.
  public init(_ path: StorePath, _ said: Said, in head: PublicationHead) {
    self.path = path
    self.said = said
    self.head = head
  }

  /// The record of the path, where it is among those that the targets need.
  public var published: PublishedPath? {
    switch said {
    case .path(let path): path
    case .output: nil
    }
  }

  /// The archive's size in bytes, where it is known.
  public var narSize: UInt64? { published?.narSize }
}
