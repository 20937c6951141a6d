import Crypto
import Foundation

/// A binary cache's public key as Nix writes it: `cache.example.org-1:` and base 64 of 32 bytes.
///
/// Source: Nix, `src/libutil/signature/local-keys.cc`: the name ends at the first colon.
public struct PublicKey: Hashable, Sendable {
  /// The name that signatures refer to.
  public let name: String
  private let bytes: Data

  /// - Throws: ``KeyError`` naming the flaw of `text`.
  public init(parsing text: some StringProtocol) throws(KeyError) {
    let (name, bytes) = try KeyText.split(text)
    guard bytes.count == 32 else {
      throw KeyError(text: String(text), flaw: .length(expected: 32, actual: bytes.count))
    }
    self.name = name
    self.bytes = bytes
  }

  init(name: String, bytes: Data) { (self.name, self.bytes) = (name, bytes) }

  /// Whether `signature` is this key's over `message`.
  public func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
      // 32 bytes that are no point of the curve verify nothing.
      return false
    }
    return key.isValidSignature(signature, for: message)
  }
}

extension PublicKey {
  /// The key as other programs take it: PEM of a SubjectPublicKeyInfo.
  ///
  /// Source: RFC 8410, "Algorithm Identifiers for Ed25519 …", 4.
  public var pem: String {
    let head: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
    return "-----BEGIN PUBLIC KEY-----\n\((head + bytes).base64)\n-----END PUBLIC KEY-----\n"
  }
}

extension [UInt8] {
  fileprivate var base64: String { Data(self).base64EncodedString() }
}

extension PublicKey: CustomStringConvertible {
  public var description: String { "\(name):\(bytes.base64EncodedString())" }
}

/// Why a text is no key or signature.
public struct KeyError: Error, Hashable, Sendable {
  /// The name in the text that could not be parsed. The part after the colon could be a secret key, and so
  /// could a long text without a colon.
  public let name: String
  /// The flaw.
  public let flaw: Flaw

  init(text: String, flaw: Flaw) {
    let name = Substring(text.utf8.prefix { $0 != UInt8(ascii: ":") })
    self.name = flaw != .colon ? "\(name.excerpt):…" : name.utf8.count < 32 ? name.excerpt : "…"
    self.flaw = flaw
  }

  /// The ways in which a text fails to be a key or a signature.
  public enum Flaw: Hashable, Sendable {
    /// There is no colon between name and value.
    case colon
    /// The name before the colon is empty.
    case name
    /// The value is not base 64.
    case base64
    /// The two halves of a secret key do not belong together.
    case halves
    /// The value has the wrong number of bytes.
    case length(expected: Int, actual: Int)
  }
}

extension KeyError: CustomStringConvertible {
  public var description: String { "'\(name)' is not a usable key: \(flaw.words)" }
}

extension KeyError.Flaw {
  /// The flaw, as a clause.
  public var words: String {
    switch self {
    case .colon: "a key is a name, a colon and base 64, and there is no colon"
    case .name: "the name before the colon is empty"
    case .base64: "what follows the colon is not base 64"
    case .halves: "its secret half and its public half do not belong together"
    case .length(let expected, let actual): "it has \(actual) bytes where \(expected) are needed"
    }
  }
}

/// The shape that keys and signatures share: a name, a colon, base 64.
enum KeyText {
  static func split(_ text: some StringProtocol) throws(KeyError) -> (name: String, bytes: Data) {
    let text = String(text)
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
      throw KeyError(text: text, flaw: .colon)
    }
    let name = String(Substring(text.utf8[..<colon]))
    guard !name.isEmpty else { throw KeyError(text: text, flaw: .name) }
    guard let bytes = NixBase64.decode(text.utf8[colon...].dropFirst()) else {
      throw KeyError(text: text, flaw: .base64)
    }
    return (name, Data(bytes))
  }
}
