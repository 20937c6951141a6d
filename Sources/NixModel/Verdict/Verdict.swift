/// The answer to the question that a run asks.
public enum Verdict: String, Hashable, Sendable, CaseIterable, Codable {
  /// Every witness agrees that the paths came out of an accepted cache.
  case warm
  /// A witness saw the opposite: a build, or that no accepted cache can provide a path.
  case cold
  /// The proof could not be made.
  case inconclusive

  /// What the verdicts of several targets amount to: one that is cold is enough, and all must be warm.
  public init(together verdicts: [Verdict]) {
    let all = Set(verdicts)
    self = all.contains(.cold) ? .cold : all == [.warm] ? .warm : .inconclusive
  }
}

/// A target's verdict with its reasons: `warm` has none, the others at least one.
public enum Ruling: Hashable, Sendable {
  /// All conditions hold.
  case warm
  /// At least one reason is certain.
  case cold(Reasons)
  /// There are reasons, and none is certain.
  case inconclusive(Reasons)

  /// The ruling that `reasons` amount to.
  init(_ reasons: [Reason]) {
    // Certain reasons come first, and otherwise the order of the conditions stays: causes before
    // consequences.
    let certain = reasons.filter { $0.bearing == .cold }
    let rest = reasons.filter { $0.bearing != .cold }
    guard let all = Reasons(certain + rest) else {
      self = .warm
      return
    }
    self = certain.isEmpty ? .inconclusive(all) : .cold(all)
  }

  /// The ruling that a store recorded; `nil` where the record contradicts itself.
  public init?(_ verdict: Verdict, reasons: [Reason]) {
    switch (verdict, Reasons(reasons)) {
    case (.warm, nil): self = .warm
    case (.cold, let reasons?): self = .cold(reasons)
    case (.inconclusive, let reasons?): self = .inconclusive(reasons)
    case (.warm, _), (.cold, nil), (.inconclusive, nil): return nil
    }
  }

  /// The word for it.
  public var verdict: Verdict {
    switch self {
    case .warm: .warm
    case .cold: .cold
    case .inconclusive: .inconclusive
    }
  }

  /// Every reason; empty for `warm`.
  public var reasons: [Reason] {
    switch self {
    case .warm: []
    case .cold(let reasons), .inconclusive(let reasons): reasons.all
    }
  }
}

/// At least one reason, each once.
public struct Reasons: Hashable, Sendable {
  /// In order of weight.
  public let all: [Reason]

  /// `nil` where there is none.
  public init?(_ reasons: [Reason]) {
    guard !reasons.isEmpty else { return nil }
    all = reasons.unique
  }
}
