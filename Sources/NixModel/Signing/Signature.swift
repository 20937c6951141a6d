import Foundation

/// A signature as narinfos and the database carry it: a key's name, a colon and base 64 of 64 bytes.
public struct Signature: Hashable, Sendable {
  /// The name of the key that is said to have made it.
  public let keyName: String
  /// The 64 bytes of the Ed25519 signature.
  public let bytes: [UInt8]

  /// A signature of somebody who says to be `keyName`.
  public init(keyName: String, bytes: [UInt8]) { (self.keyName, self.bytes) = (keyName, bytes) }

  /// - Throws: ``KeyError`` naming the flaw of `text`.
  public init(parsing text: some StringProtocol) throws(KeyError) {
    let (name, data) = try KeyText.split(text)
    (keyName, bytes) = (name, Array(data))
    guard bytes.count == 64 else {
      throw KeyError(text: String(text), flaw: .length(expected: 64, actual: bytes.count))
    }
  }
}

extension Signature {
  /// A signature of evidence, which has one spelling only: another spelling of the same signature shows a
  /// change.
  ///
  /// - Throws: ``KeyError`` naming the flaw of `text`.
  public init(asWritten text: String) throws(KeyError) {
    try self.init(parsing: text)
    guard description == text else { throw KeyError(text: text, flaw: .base64) }
  }
}

extension Signature: CustomStringConvertible {
  public var description: String { "\(keyName):\(Data(bytes).base64EncodedString())" }
}
