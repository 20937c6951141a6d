import Crypto
import Foundation

/// An Ed25519 key of ssh, made for one machine. It has no description, so that it cannot be printed by accident.
public struct SSHKey: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  /// A new key from the system's random numbers.
  public init() { key = Curve25519.Signing.PrivateKey() }

  private static let kind = "ssh-ed25519"

  private var publicBlob: Data {
    var blob = Data()
    blob.add(Data(Self.kind.utf8))
    blob.add(key.publicKey.rawRepresentation)
    return blob
  }

  /// The public half, as in `authorized_keys` and `known_hosts`: `ssh-ed25519 AAAA…`.
  public var publicText: String { "\(Self.kind) \(publicBlob.base64EncodedString())" }

  /// The key as ssh reads it from a file, without a passphrase.
  ///
  /// Source: OpenSSH, `PROTOCOL.key`.
  public var secretText: String {
    var inner = Data([0x77, 0x61, 0x72, 0x6d, 0x77, 0x61, 0x72, 0x6d])
    inner.add(Data(Self.kind.utf8))
    inner.add(key.publicKey.rawRepresentation)
    inner.add(key.rawRepresentation + key.publicKey.rawRepresentation)
    inner.add(Data("warmth".utf8))
    for padding in UInt8(1)... where inner.count % 8 != 0 { inner.append(padding) }
    var whole = Data("openssh-key-v1\0".utf8)
    for text in ["none", "none", ""] { whole.add(Data(text.utf8)) }
    whole.append(contentsOf: [0, 0, 0, 1])
    whole.add(publicBlob)
    whole.add(inner)
    let lines = whole.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    return "-----BEGIN OPENSSH PRIVATE KEY-----\n\(lines)\n-----END OPENSSH PRIVATE KEY-----\n"
  }
}

extension Data {
  /// Adds a string of ssh: its length in four bytes, and the bytes.
  fileprivate mutating func add(_ text: Data) {
    append(contentsOf: Swift.withUnsafeBytes(of: UInt32(text.count).bigEndian, Array.init))
    append(text)
  }
}
