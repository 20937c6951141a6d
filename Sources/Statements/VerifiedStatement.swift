package import Foundation
package import NixModel

/// A statement whose signature verified.
package struct VerifiedStatement: Hashable, Sendable {
  /// The keys that signed it.
  package let signers: [String]
  /// The run that it is about.
  package let run: String
  /// Its verdict.
  package let verdict: Verdict
  /// Whether it is a Verification Summary; else it is of the whole proof.
  package let isSummary: Bool
  /// The paths that it is about.
  package let subjects: [Subject]
  /// The SHA-256 of the bundle that it rests on, in base 16.
  package let bundle: String

  /// Opens an envelope, and reads the statement in it.
  ///
  /// - Throws: ``AttestationFlaw``.
  package init(_ envelope: Envelope, trusting keys: [PublicKey]) throws(AttestationFlaw) {
    let (payload, signers) = try envelope.opened(trusting: keys)
    func decoded<Value: Decodable>(_ type: Value.Type) throws(AttestationFlaw) -> Value {
      guard let value = try? JSONDecoder().decode(type, from: payload) else {
        throw AttestationFlaw("it is signed, and what is signed is no statement of this program")
      }
      return value
    }
    let head = try decoded(StatementHead.self)
    guard head.type == StatementHead.type else {
      throw AttestationFlaw("it is signed, and is a '\(head.type)', not an in-toto statement of version 1")
    }
    self.signers = signers
    subjects = head.subject
    let evidence: Resource?
    switch PredicateType(rawValue: head.predicateType) {
    case .proof:
      let predicate = try decoded(Said<ProofPredicate<SaidProof>>.self).predicate
      (verdict, isSummary) = (try Self.verdict(predicate.proof.verdict), false)
      evidence = predicate.evidence
    case .summary:
      let predicate = try decoded(Said<SummaryPredicate>.self).predicate
      // A summary does not tell cold from inconclusive.
      (verdict, isSummary) = (predicate.verificationResult == "PASSED" ? .warm : .inconclusive, true)
      evidence = predicate.inputAttestations.first
    case nil:
      throw AttestationFlaw(
        "it is signed, and its predicate '\(head.predicateType)' is none that is known here")
    }
    guard let evidence, let digest = evidence.digest["sha256"], evidence.uri.hasPrefix(Self.bundles) else {
      throw AttestationFlaw("it is signed, and names no bundle that it rests on")
    }
    bundle = digest
    run = String(evidence.uri.dropFirst(Self.bundles.count))
  }

  /// `the proof 2026… is warm, about 4 paths; signed by collector-1`.
  package var sentence: String {
    let kind = isSummary ? "a summary of run" : "the proof of run"
    let verdict = isSummary ? (verdict == .warm ? "passed" : "not passed") : verdict.rawValue
    let paths = "\(subjects.count) path\(subjects.count == 1 ? "" : "s")"
    return "\(kind) \(run.plainText): \(verdict), about \(paths); signed by \(signers.joined(separator: " "))"
  }

  private static let bundles = "urn:warmth:bundle:"

  private static func verdict(_ word: String) throws(AttestationFlaw) -> Verdict {
    guard let verdict = Verdict(rawValue: word) else {
      throw AttestationFlaw("it is signed, and '\(word)' is no verdict")
    }
    return verdict
  }
}

private struct Said<Predicate: Decodable>: Decodable { let predicate: Predicate }

/// The part of a proof's document that is read back.
private struct SaidProof: Codable, Sendable { let verdict: String }
