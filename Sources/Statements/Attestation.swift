import Crypto
package import Foundation
package import NixModel
import Reporting

/// The attestations of a run: one of the whole proof, and a Verification Summary of each target.
package struct Attestation: Sendable {
  private let run: Run
  private let conclusion: Conclusion
  private let testimony: Testimony
  private let promise: RunPromise
  private let bundle: String
  private let hashes: [StorePath: NarHash]

  /// The level that a warm target has in a Verification Summary.
  package static let level = "WARMTH_WARM"

  /// The attestations of a run that came to a conclusion.
  ///
  /// - Parameter bundle: the SHA-256 of the run's bundle, in base 16.
  /// - Throws: ``AttestationFlaw`` where nothing can be said, because there is no conclusion, or no hash of any output.
  package init(_ run: Run, _ testimony: Testimony, promise: RunPromise, bundle: String)
    throws(AttestationFlaw)
  {
    guard let conclusion = run.conclusion else {
      throw AttestationFlaw("run \(run.start.id) came to no conclusion, so there is nothing to attest")
    }
    (self.run, self.conclusion, self.testimony, self.promise, self.bundle) =
      (run, conclusion, testimony, promise, bundle)
    var hashes: [StorePath: NarHash] = [:]
    for output in conclusion.judgment.targets.flatMap(\.outputs) {
      // What was registered counts before what a cache offered.
      hashes[output.path] =
        testimony.after.value?[output.path]?.narHash
        ?? testimony.survey.offer(of: output.path, under: run.start.policy)?.info.narinfo.narHash
    }
    guard !hashes.isEmpty else {
      throw AttestationFlaw(
        "no output of run \(run.start.id) is known by its hash, because none came and no accepted cache offers one; a statement needs a subject"
      )
    }
    self.hashes = hashes
  }

  /// The statements, each signed, one a line: in-toto's form of several attestations.
  ///
  /// - Throws: an error of the cryptographic library.
  package func lines(signedBy key: SigningKey) throws -> String {
    let document = try JSONDecoder().decode(
      Anything.self, from: Data(ProveDocument(run, promise: promise).json().utf8))
    let proof = Statement(
      .proof, about: conclusion.judgment.targets.flatMap(subjects).unique,
      ProofPredicate(proof: document, policy: policy, evidence: evidence))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let payloads = try [encoder.encode(proof)] + summaries.map { try encoder.encode($0) }
    return try payloads.map { payload in
      String(decoding: try encoder.encode(Envelope(payload, signedBy: key)), as: UTF8.self) + "\n"
    }.joined()
  }

  /// A target without an output of a known hash has none.
  private var summaries: [Statement<SummaryPredicate>] {
    conclusion.judgment.targets.compactMap { target in
      let subjects = subjects(target)
      guard !subjects.isEmpty else { return nil }
      let isWarm = target.ruling.verdict == .warm
      return Statement(
        .summary, about: subjects,
        SummaryPredicate(
          verifier: .init(id: "urn:warmth", version: ["warmth": run.start.version]),
          timeVerified: Instant.iso8601(conclusion.finished),
          resourceUri: Self.address(of: target.installable),
          policy: policy, inputAttestations: [evidence], verificationResult: isWarm ? "PASSED" : "FAILED",
          verifiedLevels: [isWarm ? Self.level : "FAILED"], slsaVersion: "1.0"))
    }
  }

  private func subjects(_ target: TargetJudgment) -> [Subject] {
    target.outputs.compactMap { output in
      hashes[output.path].map {
        Subject(
          name: output.path.description, digest: ["sha256": $0.bytes.base16],
          mediaType: "application/x-nix-nar")
      }
    }
  }

  private var evidence: Resource { Resource("urn:warmth:bundle:\(run.start.id)", sha256: bundle) }

  private var policy: Resource {
    Resource("urn:warmth:policy", sha256: Self.sha256(run.start.policy.canonical))
  }

  private static func sha256(_ text: String) -> String { SHA256.hash(data: Data(text.utf8)).base16 }

  /// An installable is no address by itself: `nixpkgs#hello` has no scheme.
  private static func address(of installable: Installable) -> String {
    // RFC 8141, 2: the characters of a URN without those that begin a component of their own.
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/@!$&'()*+,;=".utf8)
    let text = Redaction.redact(installable.description).utf8.map { byte in
      plain.contains(byte) ? String(UnicodeScalar(byte)) : "%\([byte].base16.uppercased())"
    }
    return "urn:nix:installable:\(text.joined())"
  }
}

extension Policy {
  /// The policy as one text for one meaning, over which its digest is: a line for each term, in this order.
  package var canonical: String {
    func line(_ name: String, _ values: [String]) -> String { "\(name): \(values.joined(separator: " "))\n" }
    return line("builds", [builds.rawValue]) + line("allow-build", allowBuild.map(\.pattern))
      + line("forbid-build", forbidBuild.map(\.pattern)) + line("expect-from", expectFrom.map(\.canonical))
      + line("fresh", ["\(needsFreshStore)"]) + line("strict", ["\(strict)"])
      + line("read-only", readOnly.map(\.description))
  }
}

/// Any JSON, as it was read.
enum Anything: Codable, Sendable {
  case null
  case flag(Bool)
  case whole(Int64)
  case large(UInt64)
  case text(String)
  case list([Anything])
  case object([String: Anything])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? value.decode(Int64.self) {
      self = .whole(number)
    } else if let number = try? value.decode(UInt64.self) {
      self = .large(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([Anything].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: Anything].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .flag(let flag): try container.encode(flag)
    case .whole(let number): try container.encode(number)
    case .large(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    case .list(let list): try container.encode(list)
    case .object(let object): try container.encode(object)
    }
  }
}
