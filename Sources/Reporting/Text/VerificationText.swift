public import NixModel

/// `audit verify` on a terminal: the first defect and the others, or the counts of an intact store.
public struct VerificationText: Sendable {
  private let verification: Verification
  private let place: String

  /// The text of the result of verifying the store at `place`.
  public init(_ verification: Verification, of place: String) {
    self.verification = verification
    self.place = place
  }

  /// Whether nothing else was found than runs without a signature.
  private var isUnsigned: Bool {
    verification.defects.allSatisfy { if case .unsigned = $0 { true } else { false } }
  }

  /// The number of defects that are told.
  private static let told = 10

  /// The text, ending with a newline.
  public func render(style: Style = .plain) -> String {
    var lines: [String] = []
    if let first = verification.defects.first {
      let verdict = isUnsigned ? "not signed" : "not as it was recorded"
      lines.append("\(style.paint(verdict, .bad)): \(Words.line("\(first)"))")
      lines += verification.defects.dropFirst().prefix(Self.told - 1).map {
        "  also: \(Words.line("\($0)"))"
      }
      let rest = verification.defects.count - Self.told
      if rest > 0 { lines.append("  and \(rest) more") }
      lines.append(
        isUnsigned
          ? "All is as it was recorded, by whom nobody knows: do not rely on runs without a signature."
          : "Nothing in '\(place)' can be relied on from there on; restore it from a copy or from bundles.")
    } else {
      let signed = verification.signed.map { ", \($0 == verification.runs ? "all" : "\($0)") signed" } ?? ""
      lines.append(
        "\(style.paint("as it was recorded", .good)): \(Words.count(verification.runs, "run"))\(Words.publications(verification.publications))\(Words.builds(verification.builds))\(signed), \(Words.count(verification.links, "link"))"
          + (verification.dropped > 0
            ? ", after \(Words.count(verification.dropped, "run")) that were dropped" : ""))
    }
    if let head = verification.head {
      lines.append(style.paint("head \(head.digest) (link \(head.link))", .dim))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
