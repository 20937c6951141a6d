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

    func includes(root isRoot: Bool) -> Bool {
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

  /// What a proof asks: everything, and the archives of what it is about.
  public static let proof = SurveyExtent(isRecursive: true, archives: .ofRoots)
}
