import Crypto
import Foundation
public import NixModel

/// A cache's key pair, made on the spot.
public struct LabKey: Sendable {
  /// `lab-1`.
  public let name: String
  private let key = Curve25519.Signing.PrivateKey()

  /// A new pair under `name`.
  public init(_ name: String) { self.name = name }

  /// The public half, as Nix writes it.
  public var publicKey: String { "\(name):\(key.publicKey.rawRepresentation.base64EncodedString())" }

  /// The public half.
  public func trusted() throws -> PublicKey { try PublicKey(parsing: publicKey) }

  /// A signature over `fingerprint`, as Nix writes it.
  public func signature(over fingerprint: Fingerprint) throws -> String {
    "\(name):\(try key.signature(for: fingerprint.message).base64EncodedString())"
  }
}
