public import NixModel

/// `audit verify --json`: whether a store is as it was recorded.
public struct VerificationDocument: Document {
  private let schema = "warmth/verification/v1"
  private let intact: Bool
  private let runs: Int
  private let publications: Int
  private let links: Int
  private let dropped: Int
  @OrNull private var signed: Int?
  @OrNull private var head: Head?
  private let findings: [String]

  private struct Head: Encodable {
    let link: Int64
    let digest: String
  }

  /// The document of a verification.
  public init(_ verification: Verification) {
    intact = verification.isIntact
    runs = verification.runs
    publications = verification.publications
    links = verification.links
    dropped = verification.dropped
    signed = verification.signed
    head = verification.head.map { Head(link: $0.link, digest: $0.digest) }
    findings = verification.findings.map { Words.line("\($0)") }
  }
}
