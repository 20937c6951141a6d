public import NixModel

/// `audit verify --json`: whether a store is as it was recorded.
public struct VerificationDocument: Document {
  private let value: Value

  /// The document of a verification.
  public init(_ verification: Verification) {
    value = .object([
      "schema": .text("warmth/verification/v1"),
      "intact": .flag(verification.isIntact),
      "runs": .number(verification.runs),
      "publications": .number(verification.publications),
      "builds": .number(verification.builds),
      "links": .number(verification.links),
      "dropped": .number(verification.dropped),
      "signed": .number(verification.signed),
      "head": .object(
        verification.head.map { ["link": .number(Int($0.link)), "digest": .text($0.digest)] }),
      "findings": .texts(verification.defects.map { "\($0)" }),
    ])
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
