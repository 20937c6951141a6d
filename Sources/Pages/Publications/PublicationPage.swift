import Foundation
package import NixModel
import Reporting

/// The page of a publication: its targets, and the receipt of what readers then found in the cache.
package struct PublicationPage: Sendable {
  private let publication: Publication

  /// The page of `publication`.
  package init(_ publication: Publication) { self.publication = publication }

  private var head: PublicationHead { publication.head }

  /// The document, ending with a newline.
  package var html: HTML {
    Page(
      title: "\(head.state.rawValue): publication \(head.id)", kind: "Publication", record: head.id.text,
      mark: Mark(head.state), answer: head.state.rawValue, summary: "\(summary)", facts: facts,
      sections: [targets, faults, receipt, closure], footing: footing
    ).html
  }

  private var summary: String {
    "\(publication.counts.phrase). It is the publisher’s own word, and proves nothing; a proof is made by another runner."
  }

  private var facts: HTML {
    return .facts([
      ("started", .time(head.started)),
      (
        "took",
        head.finished.map { "\(Quantity.duration(seconds: Instant.seconds(from: head.started, to: $0)))" }
      ),
      ("on", "\(head.publisher.runner.place)"),
      ("by", "\(head.program), Nix \(head.publisher.nix), \(head.publisher.system)"),
      ("to", head.destination.map { "\($0.phrase)" } ?? "no cache: nothing was to be pushed"),
      ("about", head.occasion.map { "\($0.phrase)" }), ("part", head.shard.map { "\($0.phrase)" }),
      ("exit code", "\(Int(head.exitCode))"), ("used", publication.cgroup.map { "\($0.phrase)" }),
    ])
  }

  private var targets: HTML {
    let longest = Double(max(1, publication.targets.compactMap(\.milliseconds).max() ?? 1))
    let rows: [HTML] = publication.targets.map { target in
      let outputs: [HTML] = target.outputs.map { "<li><b>\($0.name)</b> \(HTML.path($0.path))</li>" }
      let failure: HTML? = target.failure.map {
        "<p><code>\($0.kind.rawValue)</code></p><pre>\($0.message)</pre>"
      }
      let bar: HTML? = target.milliseconds.map {
        "<svg aria-hidden=\"true\" focusable=\"false\"><rect class=\"ground\" width=\"100%\" height=\"14\"/><rect class=\"copy\" width=\"\(max(0.5, Double($0) / longest * 100))%\" height=\"14\"/></svg>"
      }
      return """
        <tr><td>\(Mark(target.outcome).badge(target.outcome.rawValue))</td><td>\(Words.name(target.installable))<ul>\(outputs)</ul>\(failure)</td><td class="bar">\(bar)</td><td class="n">\(target.milliseconds.map { Quantity.duration(milliseconds: Int(clamping: $0)) } ?? "not tried")</td></tr>

        """
    }
    return .section(
      "targets", "Targets",
      "<div class=\"bars\">\(HTML.table("The targets", columns: ["outcome", "target", "time", .number("took")], rows: rows))</div>\n"
    )
  }

  private var faults: HTML {
    guard !publication.faults.isEmpty else { return .empty }
    let rows: [HTML] = publication.faults.prefix(200).map { fault in
      """
      <tr><td>\(Mark(fault.isFatal ? .cold : .inconclusive).badge(fault.isFatal ? "fatal" : "warning"))</td><td class="nowrap"><code>\(fault.code.rawValue)</code></td><td>\(fault.path.map { HTML.path($0) }) \(Words.clipped(Words.line(fault.message), to: 1000))</td></tr>

      """
    }
    let rest = publication.faults.count - rows.count
    let table = HTML.table("The faults", columns: ["weight", "fault", "about"], rows: rows)
    return .section("faults", "Faults", rest > 0 ? "\(table)<p class=\"note\">and \(rest) more</p>\n" : table)
  }

  /// What readers found afterwards: the other half of a push.
  private var receipt: HTML {
    let counts = publication.counts
    let asked = counts.served + counts.notServed
    let lost = publication.paths.filter {
      $0.isServed == false || [.filtered, .failed].contains($0.published)
    }
    let answer: HTML =
      asked == 0
      ? "<p>\(Mark.open.badge("not asked")) The read side was not asked for any path afterwards.</p>\n"
      : counts.notServed == 0
        ? "<p>\(Mark.warm.badge("served")) The read side served every one of the \(Words.count(asked, "path")) that it was asked for.</p>\n"
        : "<p>\(Mark.cold.badge("not served")) The read side served \(counts.served) of the \(Words.count(asked, "path")) that it was asked for.</p>\n"
    let rows: [HTML] = lost.prefix(200).map { path in
      """
      <tr><td>\(HTML.path(path.path))</td><td>\(path.role.rawValue)</td><td>\(path.published.rawValue)</td><td>\(path.servedWord ?? "not asked")</td></tr>

      """
    }
    let table: HTML =
      rows.isEmpty
      ? .empty
      : "<h3>Not in the cache afterwards</h3>\n\(HTML.table("Paths that are not in the cache", columns: ["path", "needed", "pushing", "read side"], rows: rows))\(lost.count > rows.count ? "<p class=\"note\">and \(lost.count - rows.count) more</p>\n" : .empty)"
    let places: [(String, HTML?)] = [
      ("written to", (head.destination?.server).map { "\($0.canonical)" }),
      ("read at", (head.destination?.readSide).map { "\($0.canonical)" }),
      ("pushed", "\(counts.pushed)"), ("there already", "\(counts.alreadyThere)"),
      ("left out by the upstream filter", counts.filtered > 0 ? "\(counts.filtered)" : nil),
      ("failed to be pushed", counts.failed > 0 ? "\(counts.failed)" : nil),
      ("not to be pushed", counts.notPushed > 0 ? "\(counts.notPushed)" : nil),
    ]
    return .section("receipt", "Receipt", "\(answer)\(HTML.facts(places))\(table)")
  }

  private var closure: HTML {
    guard !publication.paths.isEmpty else { return .empty }
    let picture = ClosurePicture(
      publication.paths.map { path in
        let by = path.servedBy.map { "by \($0.canonical)" }
        return ClosurePicture.Item(
          path: path.path, size: path.narSize, group: path.published.rawValue.replacing("-", with: " "),
          remark: [path.outcome.rawValue, path.servedWord, by].compactMap(\.self).joined(separator: ", "))
      })
    return .section(
      "closure", "The closure",
      """
      \(Fill.definitions)\(picture.map("The paths of the publication, by size"))\(picture.legend("The closure by what became of it", "pushing"))\(picture.list("Every path of the publication", remark: "here, and at the read side"))
      """)
  }

  private var footing: HTML {
    "<p>Made from the recorded publication. <code>warmth audit show \(head.id.text)</code> says the same.</p>\n"
  }
}

extension Mark {
  init(_ outcome: PublishedTarget.Outcome) {
    switch outcome {
    case .built, .substituted, .alreadyValid: self = .warm
    case .failed: self = .cold
    case .skipped: self = .open
    }
  }
}
