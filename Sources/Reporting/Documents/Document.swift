import Foundation
import NixModel

/// A result as JSON: one document, the same bytes for the same value.
public protocol Document: Encodable, Sendable {}

extension Document {
  /// The document with sorted keys and a final newline. No line of it reads as a workflow command where it is
  /// printed in the log of a forge (see ``WorkflowLog``): a line that would is spelled with an escape, and
  /// means the same.
  ///
  /// - Throws: nothing that these documents can provoke: they hold only strings, whole numbers and lists.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    guard text.holds("##[") else { return text }
    return String(decoding: Array(text.utf8).replacing("##[".utf8, with: #"#\u0023["#.utf8), as: UTF8.self)
  }
}
