/// What is said about artifacts.
///
/// Source: https://github.com/in-toto/attestation, `spec/v1/statement.md`.
struct Statement<Predicate: Codable & Sendable>: Codable, Sendable {
  let type: String
  let subject: [Subject]
  let predicateType: String
  let predicate: Predicate

  enum CodingKeys: String, CodingKey {
    case type = "_type"
    case subject, predicateType, predicate
  }

  init(_ predicateType: PredicateType, about subject: [Subject], _ predicate: Predicate) {
    type = StatementHead.type
    self.subject = subject
    self.predicateType = predicateType.rawValue
    self.predicate = predicate
  }
}

/// The part of a statement that does not depend on its predicate.
struct StatementHead: Decodable {
  static let type = "https://in-toto.io/Statement/v1"

  let type: String
  let subject: [Subject]
  let predicateType: String

  enum CodingKeys: String, CodingKey {
    case type = "_type"
    case subject, predicateType
  }
}

/// The predicates that are made here. `docs/attest.md` describes them.
enum PredicateType: String {
  /// Our own: a proof with all that it rests on.
  case proof = "urn:warmth:proof:v1"
  /// A Verification Summary (https://slsa.dev/spec/v1.0/verification_summary).
  case summary = "https://slsa.dev/verification_summary/v1"
}

/// A store path with the hash of its archive.
package struct Subject: Hashable, Sendable, Codable {
  /// The path.
  package let name: String
  /// The SHA-256 of the archive (`nix-store --dump`), in base 16.
  package let digest: [String: String]
  /// The type of that archive.
  package let mediaType: String
}

/// A thing that is named by its address and its digest.
struct Resource: Codable, Sendable {
  let uri: String
  let digest: [String: String]

  init(_ uri: String, sha256: String) { (self.uri, digest) = (uri, ["sha256": sha256]) }
}

/// The predicate of a proof: what `audit show --json` prints, and what it rests on.
struct ProofPredicate<Proof: Codable & Sendable>: Codable, Sendable {
  let proof: Proof
  let policy: Resource
  let evidence: Resource
}

/// The predicate of a Verification Summary.
struct SummaryPredicate: Codable, Sendable {
  struct Verifier: Codable, Sendable {
    let id: String
    let version: [String: String]
  }

  let verifier: Verifier
  let timeVerified: String
  let resourceUri: String
  let policy: Resource
  let inputAttestations: [Resource]
  let verificationResult: String
  let verifiedLevels: [String]
  let slsaVersion: String
}
