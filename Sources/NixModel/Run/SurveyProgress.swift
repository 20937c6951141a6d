/// How far a survey has come.
public struct SurveyProgress: Hashable, Sendable {
  /// How many caches are asked.
  public let caches: Int
  /// How many paths have been asked for.
  public let asked: Int
  /// How many paths are known to be needed, those included; it grows with the answers.
  public let known: Int
  /// For how many of those asked for no cache has a trusted offer.
  public let missing: Int

  /// A state of a survey.
  public init(caches: Int, asked: Int, known: Int, missing: Int) {
    self.caches = caches
    self.asked = asked
    self.known = known
    self.missing = missing
  }
}
