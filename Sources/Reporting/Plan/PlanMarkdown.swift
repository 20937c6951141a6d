public import NixModel

/// A plan as a comment to a pull request: what becomes a build, and why.
public struct PlanMarkdown: Sendable {
  private let plan: Plan
  private let change: PlanChange?

  /// The page of `plan`, and of what a change does to it.
  public init(_ plan: Plan, _ change: PlanChange? = nil) {
    self.plan = plan
    self.change = change
  }

  /// How many builds have a row before the rest is counted.
  private static let named = 50

  /// The page, ending with a newline.
  public func render() -> String {
    let answer = change?.answer(of: plan) ?? plan.answer
    var lines = ["## Cache forecast: \(Self.title(answer))", ""]
    if let change { lines += [Markdown.sentence("\(change.summary)."), ""] }
    lines.append(Markdown.sentence("\(plan.summary)."))
    lines += table(
      of: change.map { change in
        change.turned.map { ($0.build, $0.changed ?? $0.build.why) }
      } ?? plan.firstCauses.map { ($0, $0.why) })
    if !plan.holes.isEmpty {
      lines.append("")
      lines += plan.holes.prefix(Self.named).map { lack, builds in
        "- \(Markdown.code(lack.path.description)) is offered by no cache, and \(Markdown.sentence(Words.list(builds.map(\.name), naming: 5))) \(builds.count == 1 ? "leads" : "lead") to it"
      }
    }
    if !plan.doubts.isEmpty {
      lines += [""] + plan.doubts.prefix(Self.named).map { "- not known: \(Markdown.sentence($0))" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func title(_ answer: Answer) -> String {
    switch answer {
    case .yes: "nothing to build that may not be"
    case .no: "something would be built"
    case .unknown: "not known"
    }
  }

  private func table(of builds: [(build: Plan.Build, why: String)]) -> [String] {
    guard !builds.isEmpty else { return [] }
    let rows = builds.prefix(Self.named).map { build, why in
      Markdown.row([
        Markdown.code(build.name), build.isAllowed ? "yes" : "**no**", Markdown.sentence(why),
        "\(build.neededFor)",
      ])
    }
    let rest = builds.count - Self.named
    return ["", "| derivation | allowed | why | builds that wait for it |", "|---|---|---|---|"] + rows
      + (rest > 0 ? ["", "and \(rest) more"] : [])
  }
}
