import Foundation

/// A result as JSON: one document, the same bytes for the same value.
public protocol Document: Encodable, Sendable {}

extension Document {
  /// The document with sorted keys and a final newline.
  ///
  /// - Throws: nothing that these documents can provoke: they hold only strings, whole numbers and lists.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}

/// An optional that is written as `null` rather than left out: a reader of a document finds every key.
@propertyWrapper
struct OrNull<Value: Encodable & Sendable>: Encodable, Sendable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}
