/// A text that cannot be printed by accident. Descriptions, dumps and mirrors show `***` instead.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String

  init(_ text: some StringProtocol) { self.text = String(text) }

  /// Hands out the text to the one place that sends or decodes it.
  public func reveal<Result>(to use: (String) throws -> Result) rethrows -> Result { try use(text) }

  /// Hands out the text to an asynchronous request.
  public func reveal<Result>(to use: (String) async -> Result) async -> Result { await use(text) }

  public var description: String { "***" }
  public var debugDescription: String { "***" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
