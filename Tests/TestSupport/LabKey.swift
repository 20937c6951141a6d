import Crypto
import Foundation
public import NixModel

/// A cache's key pair, made on the spot.
public struct LabKey: Sendable {
  /// `lab-1`.
  public let name: String
  private let key: Curve25519.Signing.PrivateKey

  /// A new pair under `name`.
  public init(_ name: String) {
    self.name = name
    key = Curve25519.Signing.PrivateKey()
  }

  /// A pair that Nix made: a name, a colon and base 64 of the 32 secret bytes and the 32 public ones.
  public init(secret text: String) throws {
    let parts = text.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let bytes = Data(base64Encoded: String(parts[1])), bytes.count == 64 else {
      throw Make.MakeError.key
    }
    name = String(parts[0])
    key = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes.prefix(32))
  }

  /// The public half, as Nix writes it.
  public var publicKey: String { "\(name):\(key.publicKey.rawRepresentation.base64EncodedString())" }

  /// The public half.
  public func trusted() throws -> PublicKey { try PublicKey(parsing: publicKey) }

  /// A signature over `fingerprint`, as Nix writes it.
  public func signature(over fingerprint: Fingerprint) throws -> String {
    "\(name):\(try key.signature(for: fingerprint.message).base64EncodedString())"
  }
}
