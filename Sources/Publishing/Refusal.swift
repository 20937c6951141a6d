/// Why a publication is not begun, in one sentence: it was asked for wrongly, or must not be here.
public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// The sentence. It quotes no secret.
  public let description: String

  init(_ description: String) { self.description = description }
}
