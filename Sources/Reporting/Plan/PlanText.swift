public import NixModel

/// `forecast --plan` for a person: what becomes of the targets, and why something would be built.
public struct PlanText: Sendable {
  private let plan: Plan
  private let change: PlanChange?

  /// The text of `plan`, and of what a change does to it.
  public init(_ plan: Plan, _ change: PlanChange? = nil) {
    self.plan = plan
    self.change = change
  }

  /// How many things of one kind are named before the rest is counted.
  private static let named = 20

  /// The text, ending with a newline.
  public func render(style: Style = .plain) -> String {
    let parts = [
      targets(style), summary(style), changes(style), firsts(style), holes(style), others(), doubts(style),
    ]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private func targets(_ style: Style) -> [String] {
    let lines = plan.targets.map { target in
      "\(style.paint(target.outcome.rawValue.padded(to: 7), target.outcome.role))  \(Words.line(target.installable.description))"
    }
    return Self.cut(lines)
  }

  private func summary(_ style: Style) -> [String] {
    let answer = change?.answer(of: plan) ?? plan.answer
    let lines = change.map { [$0.summary, plan.summary] } ?? [plan.summary]
    return lines.enumerated().map { index, line in
      (index == 0
        ? style.paint(answer.rawValue, answer.role) : String(repeating: " ", count: answer.rawValue.count))
        + "  " + (index == 0 ? style.paint(line, .strong) : line)
    }
  }

  private func changes(_ style: Style) -> [String] {
    guard let change, !change.turned.isEmpty else { return [] }
    let lines = change.turned.map { turned in
      let mark = turned.build.isAllowed ? " (allowed)" : ""
      let details = [turned.changed ?? turned.build.why, turned.build.weight].compactMap(\.self)
      return "  \(style.paint(turned.build.name, .strong))\(mark): \(details.joined(separator: "; "))"
    }
    return [style.paint("becomes a build", .bad)] + Self.cut(lines)
  }

  private func firsts(_ style: Style) -> [String] {
    let firsts = plan.firstCauses
    guard change == nil, !firsts.isEmpty else { return [] }
    let lines = firsts.map { build in
      let mark = build.isAllowed ? " (allowed)" : ""
      let details = [build.why, build.weight].compactMap(\.self).joined(separator: "; ")
      return "  \(style.paint(build.name, .strong))\(mark): \(details)"
    }
    return [style.paint("first causes", firsts.allSatisfy(\.isAllowed) ? .dim : .bad)] + Self.cut(lines)
  }

  private func holes(_ style: Style) -> [String] {
    let lines = plan.holes.map { lack, builds in
      "  \(lack.path): \(Words.list(builds.map(\.name), naming: 5)) \(builds.count == 1 ? "leads" : "lead") to it"
    }
    return lines.isEmpty
      ? [] : [style.paint("offered, and built because a reference is not", .bad)] + Self.cut(lines)
  }

  private func others() -> [String] {
    let fetches = plan.builds.count { $0.isFetch }
    let allowed = plan.builds.filter(\.isAllowed).map(\.name)
    let lacks = plan.lacks.map { "\($0.path) is asked for by itself, and no cache has it whole." }
    return [
      fetches == 0
        ? nil
        : "\(Words.count(fetches, "source")) would be fetched from where \(fetches == 1 ? "it comes" : "they come") from.",
      allowed.isEmpty ? nil : "The policy allows to build \(Words.list(allowed, naming: 5)).",
    ].compactMap(\.self) + lacks
  }

  private func doubts(_ style: Style) -> [String] {
    Self.cut(plan.doubts.map { "\(style.paint("not known", .doubtful)): \($0)" })
      + (change?.unknown ?? []).prefix(Self.named).map {
        "\(style.paint("not compared", .doubtful)): \(Words.line($0.description)) was no target of \(Words.line(change?.since ?? ""))"
      }
  }

  private static func cut(_ lines: [String]) -> [String] {
    guard lines.count > named else { return lines }
    return lines.prefix(named) + ["  and \(lines.count - named) more; --json names them all"]
  }
}

extension Plan.Outcome {
  var role: Style.Role {
    switch self {
    case .present, .fetched: .good
    case .built, .lacking: .bad
    }
  }
}
