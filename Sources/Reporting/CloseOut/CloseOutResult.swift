public import NixModel

/// A result that a job leaves behind: it has every face of ``RunFormat``.
public protocol CloseOutResult: Sendable {
  /// It with this face, ending with a newline; `style` is for the text alone.
  ///
  /// - Throws: nothing that a result can provoke (see ``Document/json()``).
  func render(_ format: RunFormat, style: Style) throws -> String

  /// The command that prints the same face later.
  func command(for format: RunFormat) -> String

  /// What can be relied on where a face of it could not be written.
  var standing: String { get }
}

extension Run: CloseOutResult {
  public func render(_ format: RunFormat, style: Style) throws -> String {
    try format.render(self, style: style)
  }

  public func command(for format: RunFormat) -> String {
    "warmth audit show \(start.id) --format \(format.rawValue)"
  }

  public var standing: String { "The verdict stands and is recorded" }
}
