/// How far a survey goes.
public struct SurveyExtent: Hashable, Sendable {
  /// Whether everything that the paths refer to is asked for as well.
  public let isRecursive: Bool
  /// Which archives are looked for.
  public let archives: Archives

  /// Archives to look for, each with a request of its own.
  public enum Archives: Hashable, Sendable {
    /// None.
    case none
    /// Those of the paths that were named.
    case ofRoots
    /// That of every path.
    case all

    /// Whether the archive of a path is looked for.
    ///
    /// - Parameter isRoot: whether the path was named, and not found as a reference.
    public func includes(root isRoot: Bool) -> Bool {
      switch self {
      case .none: false
      case .ofRoots: isRoot
      case .all: true
      }
    }
  }

  /// An extent.
  public init(isRecursive: Bool, archives: Archives) {
    self.isRecursive = isRecursive
    self.archives = archives
  }

  /// A proof asks for everything that its paths refer to, and for the archives of the paths themselves.
  public static let proof = SurveyExtent(isRecursive: true, archives: .ofRoots)
}
