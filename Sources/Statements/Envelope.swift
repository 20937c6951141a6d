package import Foundation
package import NixModel

/// A signed payload: DSSE, the envelope of in-toto's attestations.
///
/// Source: https://github.com/secure-systems-lab/dsse, `protocol.md` and `envelope.md`, 1.0.
package struct Envelope: Hashable, Sendable, Codable {
  /// The type of the payload's bytes.
  package let payloadType: String
  /// The payload, in base 64.
  package let payload: String
  /// Signatures of it.
  package let signatures: [Mark]

  /// A signature, and the name of the key that is said to have made it.
  package struct Mark: Hashable, Sendable, Codable {
    package let keyid: String
    package let sig: String
  }

  /// The type of a statement.
  static let statement = "application/vnd.in-toto+json"

  /// Signs a statement.
  ///
  /// - Throws: an error of the cryptographic library.
  package init(_ payload: Data, signedBy key: SigningKey) throws {
    payloadType = Self.statement
    self.payload = payload.base64EncodedString()
    let signature = try key.signature(over: Self.message(payloadType, payload))
    signatures = [Mark(keyid: signature.keyName, sig: Data(signature.bytes).base64EncodedString())]
  }

  /// Reads one line of a file of attestations.
  ///
  /// - Throws: ``AttestationFlaw``.
  package init(parsing line: some DataProtocol) throws(AttestationFlaw) {
    guard let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(line)) else {
      throw AttestationFlaw("it is no DSSE envelope")
    }
    self = envelope
  }

  /// The payload, and the names of those of `keys` whose signatures verify; none where nobody whom a key stands for has
  /// signed.
  ///
  /// - Throws: ``AttestationFlaw`` where no key of `keys` has signed it.
  package func opened(trusting keys: [PublicKey]) throws(AttestationFlaw) -> (
    payload: Data, signers: [String]
  ) {
    guard payloadType == Self.statement else {
      throw AttestationFlaw("its payload is of the type '\(payloadType)', and not '\(Self.statement)'")
    }
    guard let bytes = Data(base64Encoded: payload) else {
      throw AttestationFlaw("its payload is not base 64")
    }
    let message = Self.message(payloadType, bytes)
    let signers = signatures.compactMap { mark -> String? in
      guard let signature = Data(base64Encoded: mark.sig),
        let key = keys.first(where: { $0.name == mark.keyid }), key.isValid(Array(signature), over: message)
      else { return nil }
      return key.name
    }
    guard !signers.isEmpty else {
      let said = signatures.map(\.keyid)
      throw AttestationFlaw(
        said.isEmpty
          ? "nobody has signed it"
          : "it says to be signed by \(said.joined(separator: " ")), and no signature of a key that is trusted verifies"
      )
    }
    return (bytes, signers.unique)
  }

  /// The bytes that are signed: DSSE's pre-authentication encoding.
  private static func message(_ type: String, _ payload: Data) -> [UInt8] {
    Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
  }
}

/// Why an attestation does not hold.
package struct AttestationFlaw: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
