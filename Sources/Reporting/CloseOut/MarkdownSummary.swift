import NixModel

/// A run as a page of Markdown: the verdict, a line per target, each kind of reason once with the next step,
/// and the outcomes of the outputs, folded.
struct MarkdownSummary {
  let reported: ReportedRun

  init(_ run: Run) { reported = ReportedRun(run) }

  /// The longest summary in bytes. GitHub drops the summaries of a step that come to over 1 MiB ("Workflow
  /// commands for GitHub Actions", "Step isolation and limits"), and there may be others in the same step.
  static let longest = 512 << 10
  /// How many targets have a line.
  private static let namedTargets = 100
  /// How many targets a reason names.
  private static let namedFor = 10

  /// The page, ending with a newline.
  func render() -> String {
    let remarks =
      reported.remarks.isEmpty
      ? [] : ["\n" + reported.remarks.map { "- \(Markdown.sentence($0))\n" }.joined()]
    let parts = reasons + remarks + outputs
    var page = head
    let foot = "\n\(footing)\n"
    // Room for the foot, and for a sentence on the parts that found no room.
    var room = Self.longest - page.utf8.count - foot.utf8.count - 200
    var left = 0
    for part in parts {
      guard left == 0, part.utf8.count <= room else {
        left += 1
        continue
      }
      room -= part.utf8.count
      page += part
    }
    if left > 0 { page += "\n\(Words.count(left, "part")) found no room here.\n" }
    return page + foot
  }

  private var head: String {
    var lines = [
      "## Cache proof: \(title)", "", "\(tally). \(account)", "", "| verdict | target | why |",
      "|---|---|---|",
    ]
    lines += reported.targets.prefix(Self.namedTargets).map { target in
      let verdict = target.verdict == .warm ? "warm" : "**\(target.verdict.rawValue)**"
      let codes = target.reasons.map(\.code).unique.map { "`\($0.rawValue)`" }
      return Markdown.row([verdict, Self.name(target), codes.joined(separator: ", ")])
    }
    let rest = reported.targets.count - Self.namedTargets
    if rest > 0 { lines.append("| … | and \(Words.count(rest, "target")) more | |") }
    return lines.joined(separator: "\n") + "\n"
  }

  private var title: String {
    switch reported.run.state {
    case .finished: reported.run.verdict.rawValue
    case .running, .interrupted: reported.run.state.word
    }
  }

  /// `2 targets are cold, 1 is warm`.
  private var tally: String {
    let counts = [Verdict.cold, .inconclusive, .warm].map { verdict in
      (verdict, reported.targets.count { $0.verdict == verdict })
    }.filter { $0.1 > 0 }
    return Words.list(
      counts.map { verdict, count in
        "\(Words.count(count, "target")) \(count == 1 ? "is" : "are") \(verdict.rawValue)"
      }, ifEmpty: "No targets")
  }

  private var account: String {
    switch reported.run.state {
    case .running, .interrupted: "The run came to no conclusion."
    case .finished:
      "\(reported.closure.sentence), in \(Quantity.duration(seconds: reported.run.seconds))."
    }
  }

  private var reasons: [String] {
    reported.groups.map { group in
      var lines = ["", "### `\(group.first.code.rawValue)`: \(group.first.code.title)", ""]
      let what = group.what
      lines += what.prefix(1).map(Markdown.sentence)
      if what.count > 1 {
        let block = Markdown.block(Array(what.dropFirst()))
        lines +=
          group.quotesBuilder
          ? ["", "<details><summary>The end of its log</summary>", "", block, "", "</details>"] : ["", block]
      }
      let also = group.also
      if !also.named.isEmpty {
        lines += ["", "So it is with", ""] + also.named.map { "- \(Markdown.sentence($0))" }
        if also.rest > 0 { lines.append("- and \(also.rest) more") }
      }
      if reported.targets.count > 1 {
        let named = group.targets.map { Markdown.code(Words.name($0)) }
        lines += ["", "**For** \(Words.list(named, naming: Self.namedFor))."]
      }
      lines += ["", "**Next:** \(Markdown.sentence(group.first.remedy))"]
      return lines.joined(separator: "\n") + "\n"
    }
  }

  private var outputs: [String] {
    let rows = reported.targets.prefix(Self.namedTargets).flatMap { target in
      target.outputs.map { output in
        Markdown.row([
          Self.name(target), Markdown.code(output.name), Markdown.code("\(output.path)"),
          Markdown.sentence(output.provenance),
        ])
      }
    }
    guard !rows.isEmpty else { return [] }
    let lines =
      [
        "", "<details><summary>What became of the outputs</summary>", "", "| target | output | path | |",
        "|---|---|---|---|",
      ]
      + rows + ["", "</details>"]
    return [lines.joined(separator: "\n") + "\n"]
  }

  private var footing: String {
    let run = reported.run
    let place = run.start.runner.pod ?? run.start.runner.host
    let nix = run.nixVersion.map { " with Nix \(Markdown.code($0))" } ?? ""
    let name = Markdown.code(run.start.id.text)
    return "Run \(name) on \(Markdown.code(place))\(nix), started \(Instant.iso8601(run.start.started))."
  }

  private static func name(_ target: ReportedRun.Target) -> String {
    Markdown.code(Words.name(target.installable))
  }
}
