import Crypto
import Foundation

/// A secret key as Nix writes it: a name, a colon and base 64 of 64 bytes, the seed and the public key.
///
/// Source: Nix, `src/libutil/signature/local-keys.cc` (libsodium's form of an Ed25519 secret key). Keys of
/// `nix key generate-secret` are as good. It has no description, so that it cannot be printed by accident.
public struct SigningKey: Sendable {
  private let name: String
  private let key: Curve25519.Signing.PrivateKey

  /// A new key from the system's random numbers.
  ///
  /// - Throws: ``KeyError`` where no key can have that name.
  public init(named name: String) throws(KeyError) {
    guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }) else {
      throw KeyError(text: "\(name.prefix(20)):", flaw: .name)
    }
    self.name = name
    key = Curve25519.Signing.PrivateKey()
  }

  /// - Throws: ``KeyError`` naming the flaw of `text`, of which it holds only the name.
  public init(parsing text: some StringProtocol) throws(KeyError) {
    let (name, bytes) = try KeyText.split(text)
    guard bytes.count == 64 else {
      throw KeyError(text: String(text), flaw: .length(expected: 64, actual: bytes.count))
    }
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.prefix(32)),
      key.publicKey.rawRepresentation == bytes.suffix(32)
    else { throw KeyError(text: String(text), flaw: .halves) }
    (self.name, self.key) = (name, key)
  }

  /// Its public half.
  public var publicKey: PublicKey { PublicKey(name: name, bytes: key.publicKey.rawRepresentation) }

  /// The key as it is written to its file, and nowhere else.
  public var secretText: String {
    "\(name):\((key.rawRepresentation + key.publicKey.rawRepresentation).base64EncodedString())"
  }

  /// Signs a run.
  public func signature(over seal: RunSeal) throws -> Signature { try signature(over: seal.message) }

  /// Signs bytes that say themselves what they are, so that no signature of one thing passes for that of another.
  public func signature(over message: [UInt8]) throws -> Signature {
    Signature(keyName: name, bytes: Array(try key.signature(for: message)))
  }
}

/// The data that a signature under a run is over: the run's name, and the digest of its whole record.
public struct RunSeal: Hashable, Sendable {
  /// The bytes that are signed, without a final newline: `warmth-run-1;<run>;sha256:<64 hexadecimal digits>`.
  public let message: [UInt8]

  /// - Parameter content: the digest, as 64 hexadecimal digits.
  public init(run: RunID, content: String) { message = Array("warmth-run-1;\(run);sha256:\(content)".utf8) }
}

extension PublicKey {
  /// Whether `signature` is this key's under `seal`.
  public func hasSigned(_ seal: RunSeal, with signature: Signature) -> Bool {
    signature.keyName == name && isValid(signature.bytes, over: seal.message)
  }
}
