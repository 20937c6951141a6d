public import NixModel

/// The book of reason codes: the meaning of each for the proof, its detection, and the next step.
public struct ReasonBook: Sendable {
  private let codes: [ReasonCode]

  /// The entries of `codes`; of all of them by default.
  public init(_ codes: [ReasonCode] = ReasonCode.allCases) { self.codes = codes }

  /// The book as Markdown. `docs/reasons.md` is just this.
  public func markdown() -> String {
    let head = """
      # Reason codes

      Why a verdict is not `warm`. `warmth reasons > docs/reasons.md` writes this page; `warmth reasons CODE`
      prints one entry, and `warmth explain` says which of them a run began with, and why. Codes are stable: new
      ones may be added, none is renamed. A reason's bearing is `cold` (a witness saw the opposite of warm) or
      `inconclusive` (the proof could not be made); where both are named, it is `cold` unless a cache that might
      have turned it did not answer, or Nix was kept from asking one.

      """
    return head + "\n" + codes.map(entry).joined(separator: "\n")
  }

  /// The entries alone, without the page's head.
  public func entries() -> String { codes.map(entry).joined(separator: "\n") }

  private func entry(_ code: ReasonCode) -> String {
    let page = code.page
    return """
      ## `\(code.rawValue)`: \(page.title)

      - **Bearing:** \(page.bearing).
      - **Meaning:** \(page.meaning)
      - **Detected:** \(page.detection)
      - **What to do:** \(page.advice)

      """
  }
}
