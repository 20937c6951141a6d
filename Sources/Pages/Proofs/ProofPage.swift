package import NixModel
package import Reporting

/// The page of a run: its verdict, what it rests on, and what became of every path.
///
/// It shows the recorded verdict, as `audit show` does, and comes to none of its own.
package struct ProofPage: Sendable {
  private let explained: ExplainedRun
  private let testimony: Testimony
  private let promise: RunPromise
  private let reported: ReportedRun

  /// The page of a run, of which `explained` says why it is not warm.
  package init(_ explained: ExplainedRun, _ testimony: Testimony, promise: RunPromise) {
    self.explained = explained
    self.testimony = testimony
    self.promise = promise
    reported = ReportedRun(explained.run)
  }

  private var run: Run { explained.run }
  private var policy: Policy { run.start.policy }

  /// The document, ending with a newline.
  package var html: HTML {
    let groups = CauseGroup.groups(of: explained.explanation.causes)
    let log = LogSection(testimony, groups)
    return Page(
      title: "\(answer): \(names) (\(run.start.id))", kind: "Proof", record: run.start.id.text,
      mark: Mark(run.verdict), answer: answer, summary: "\(summary)", facts: facts,
      sections: [
        targets, reasons(groups, log), TimeSection(testimony, under: policy).html, closure, log.html, terms,
      ], footing: footing
    ).html
  }

  private var answer: String {
    switch run.state {
    case .running: "still running"
    case .interrupted: "interrupted"
    case .finished: run.verdict.rawValue
    }
  }

  private var names: String { Words.list(reported.targets.map { Words.name($0.installable) }, naming: 3) }

  private var summary: String {
    switch run.state {
    case .running: return "The run has come to no conclusion yet."
    case .interrupted: return "The run was cut off before it came to a conclusion, so it proves nothing."
    case .finished:
      let counts = [Verdict.cold, .inconclusive, .warm].map { verdict in
        (verdict, reported.targets.count { $0.verdict == verdict })
      }.filter { $0.1 > 0 }
      let targets = Words.list(
        counts.map { "\(Words.count($0.1, "target")) \($0.1 == 1 ? "is" : "are") \($0.0.rawValue)" },
        ifEmpty: "No targets")
      return "\(targets). \(reported.closure.sentence), in \(Quantity.duration(seconds: run.seconds))."
    }
  }

  private var facts: HTML {
    let start = run.start
    let environment = promise.environment
    return .facts([
      ("started", .time(start.started)),
      ("took", run.conclusion.map { _ in "\(Quantity.duration(seconds: run.seconds))" }),
      ("on", "\(start.runner.place)"), ("about", start.occasion.map { "\($0.phrase)" }),
      ("part", start.shard.map { "\($0.phrase)" }),
      ("Nix", run.nixVersion.map { "\($0)\(environment.map { ", \($0.system)" } ?? "")" }),
      ("signed by", "\(promise.signatures.isEmpty ? "nobody" : promise.signatures.joined(separator: " "))"),
      ("memory, at most", (run.conclusion?.memoryPeak).map { "\(Quantity.bytes($0))" }),
    ])
  }

  // MARK: Targets

  /// How many targets have their outputs in the table.
  private static let named = 200

  private var targets: HTML {
    let rows: [HTML] = reported.targets.prefix(Self.named).map { target in
      let outputs: [HTML] = target.outputs.map { output in
        "<li><b>\(output.name)</b> \(HTML.path(output.path))<br><span class=\"note\">\(Words.line(output.provenance))</span></li>"
      }
      let remarks: [HTML] = target.remarks.map { "<li class=\"note\">\($0)</li>" }
      let list: HTML =
        outputs.isEmpty && remarks.isEmpty
        ? "<span class=\"note\">none are known</span>" : "<ul>\(outputs)\(remarks)</ul>"
      return """
        <tr><td>\(Mark(target.verdict).badge(target.verdict.rawValue))</td><td>\(target.installable)</td><td>\(list)</td></tr>

        """
    }
    let table = HTML.table(
      "The targets", columns: ["verdict", "target", "outputs, and how each came"], rows: rows)
    let rest = reported.targets.count - rows.count
    return .section(
      "targets", "Targets",
      rest > 0 ? "\(table)<p class=\"note\">and \(Words.count(rest, "more target"))</p>\n" : table)
  }

  // MARK: Reasons

  private func reasons(_ groups: [CauseGroup], _ log: LogSection) -> HTML {
    guard !groups.isEmpty else {
      let closure = run.conclusion?.judgment.closure ?? ClosureSummary()
      let text: HTML =
        run.verdict == .warm
        ? "Nothing speaks against it: \(Words.count(closure.substituted, "path")) absent before, offered with a signature, copied, and registered as copied."
        : "Nothing was recorded that explains it."
      return .section("reasons", "Reasons", "<p>\(text)</p>\n")
    }
    let articles: [HTML] = groups.map { article($0, log) }
    let comparisons: [HTML] = explained.comparisons.map { comparison in
      let changes: [HTML] = comparison.drift.changes.map { "\(Words.line($0.phrase))" }
      return "<p>\(Words.line(comparison.sentence))</p>\n\(HTML.list(changes, naming: 8))"
    }
    let drift: HTML = comparisons.isEmpty ? .empty : "<h3>Since it was warm</h3>\n\(comparisons)"
    return .section("reasons", "Why it is not warm", "\(articles)\(drift)")
  }

  private func article(_ group: CauseGroup, _ log: LogSection) -> HTML {
    let reason = group.first
    let isCold = reason.bearing == .cold
    let message = reason.message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let rest = message.dropFirst().joined(separator: "\n")
    let first = log.linking(message.first ?? "")
    let what: HTML = rest.isEmpty ? first : "\(first)<pre>\(rest)</pre>"
    let seen = group.shownBy.map { log.linking($0.phrase) }
    let publications: [HTML] = group.paths.compactMap { path in
      explained.publications[path].map {
        "\(path.name): \(Words.line($0.sentence(besideRunOf: run.start.started)))"
      }
    }
    let entries: [(String, HTML)] = [
      ("what", what), ("so it is with", .list(group.others.map { "\($0)" }, naming: 6)),
      ("seen", .list(seen, naming: 8)), ("then", .list(group.consequences.map(log.linking), naming: 8)),
      ("published", .list(publications, naming: 6)),
      ("for", "\(Words.list(group.targets, naming: 12))"),
      ("next", .prose(reason.remedy(for: group.installables, in: explained.places))),
    ]
    let rows: [HTML] = entries.filter { $0.1 != .empty }.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>\n" }
    return """
      <article class="reason \(isCold ? "cold" : "open")">
      <h3>\(Mark(isCold ? .cold : .inconclusive).badge(reason.bearing.rawValue)) <code>\(reason.code.rawValue)</code> \(reason.code.title)</h3>
      <dl>
      \(rows)</dl>
      </article>

      """
  }

  // MARK: Closure

  private var closure: HTML {
    let outcomes = outcomes(in: testimony, under: policy)
    guard !outcomes.isEmpty else {
      return .section(
        "closure", "The closure", "<p>Nothing is known of the paths that the targets need.</p>\n")
    }
    let picture = ClosurePicture(
      outcomes.map { path, outcome in
        let offer = testimony.survey.offer(of: path, under: policy)
        let registration = testimony.after.value?[path] ?? testimony.before.value?[path]?.entry?.registration
        let signers = offer?.info.authority.signers ?? []
        return ClosurePicture.Item(
          path: path, size: registration?.narSize ?? offer?.info.narinfo.narSize, group: outcome.place,
          remark: signers.isEmpty ? "" : "offered, signed by \(signers.joined(separator: " "))")
      })
    return .section(
      "closure", "The closure",
      """
      \(Fill.definitions)\(picture.map("The paths that the targets need, by size"))\(picture.legend("The closure by origin", "how it came"))\(picture.list("Every path of the closure", remark: "offer"))
      """)
  }

  // MARK: Terms

  private var terms: HTML {
    let terms: [(String, HTML?)] = PromiseText(promise, by: run.start.flags).lines.map {
      ($0.label, "\(Words.line($0.text))")
    }
    let kept: HTML? = testimony.log.kept.map {
      "\(Words.count($0.lines, "line")), \(Quantity.bytes(UInt64($0.bytes))), SHA-256 <code>\($0.sha256)</code>"
    }
    let held: [HTML] = reported.remarks.map { "\($0)" }
    return .section(
      "terms", "Terms of the proof",
      """
      \(HTML.facts(terms + [("log kept", kept)]))\(held.isEmpty ? .empty : "<h3>Held by the runner, and not decisive</h3>\n\(HTML.list(held, naming: 12))")
      """)
  }

  private var footing: HTML {
    """
    <p>Made from the recorded evidence of run <code>\(run.start.id.text)</code> by warmth \(run.start.version). \
    <code>warmth audit show \(run.start.id.text)</code> says the same, <code>warmth explain \(run.start.id.text) PATH</code> follows one path, \
    and <code>warmth audit verify</code> recomputes the chain that the record is in.</p>

    """
  }
}

extension Outcome {
  /// The class of paths that came so.
  fileprivate var place: String {
    switch self {
    case .substituted(let from): from
    case .builtLocally: "built on this machine"
    case .builtRemotely(let machine): "built on \(machine)"
    case .presentBefore: "present before the run"
    case .addedByEvaluation: "added by evaluation"
    case .notRealized: "did not come"
    case .failed: "failed"
    }
  }
}
