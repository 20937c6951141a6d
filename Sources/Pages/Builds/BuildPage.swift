package import Foundation
package import NixModel
import Reporting

/// The page of a build by an ephemeral machine: its phases, its cost, and how it ended.
package struct BuildPage: Sendable {
  private let record: BuildRecord
  private let now: Date

  /// The page of `record` as it is at `now`, which matters while there is a machine.
  package init(_ record: BuildRecord, at now: Date) { (self.record, self.now) = (record, now) }

  private var start: BuildStart { record.start }

  /// The document, ending with a newline.
  package var html: HTML {
    Page(
      title: "\(answer): build \(start.id)", kind: "Build", record: start.id.text, mark: Mark(record),
      answer: answer,
      summary: "\(sentence). It is the machine’s and its operator’s word, and proves nothing.", facts: facts,
      sections: [phases, cost, work, proofs, identity], footing: footing
    ).html
  }

  private var answer: String {
    switch record.end?.isSuccess {
    case true?: "built"
    case false?: "failed"
    case nil: record.state.name
    }
  }

  private var sentence: String { record.outcome.prefix(1).uppercased() + record.outcome.dropFirst() }

  private var facts: HTML {
    let order = start.order
    return .facts([
      ("started", .time(start.started)),
      ("machine", "\(order.plan) in \(order.region) at \(order.provider)"),
      ("lived", "\(Quantity.duration(seconds: Int(record.lifetime(until: now))))"),
      ("cost, at most", record.cost(until: now).map { "\($0.description)" } ?? "unknown"),
      ("gone at the latest", "\(Instant.iso8601(start.expires).replacing("T", with: " "))"),
      ("server", record.server.map { "\($0)" }), ("address", record.address.map { "\($0)" }),
      ("asked for by", "\(start.runner.place), \(start.program)"),
      ("about", start.occasion.map { "\($0.phrase)" }),
    ])
  }

  /// Each event, and the time until the next one as a bar.
  private var phases: HTML {
    guard let first = record.events.first else {
      return .section("phases", "Phases", "<p>Nothing was asked of the provider.</p>\n")
    }
    let end = record.state == .gone ? (record.events.last?.at ?? first.at) : now
    let span = max(1, end.timeIntervalSince(first.at))
    let rows: [HTML] = record.events.enumerated().map { index, event in
      let next = index + 1 < record.events.count ? record.events[index + 1].at : end
      let (from, length) = (event.at.timeIntervalSince(first.at), max(0, next.timeIntervalSince(event.at)))
      let x = min(99.6, max(0, from / span * 100))
      return """
        <tr><td class="nowrap">\(Instant.iso8601(event.at).replacing("T", with: " "))</td><td>\(event.fact.phrase)</td><td class="bar"><svg role="img" aria-label="\(Quantity.duration(seconds: Int(from))) after the beginning, for \(Quantity.duration(seconds: Int(length)))"><rect class="ground" width="100%" height="14"/><rect class="copy" x="\(x)%" width="\(min(100 - x, max(0.4, length / span * 100)))%" height="14"/></svg></td><td class="n">\(Quantity.duration(seconds: Int(length)))</td></tr>

        """
    }
    let table = HTML.table(
      "The phases of the build", columns: ["when", "what happened", "until the next", .number("took")],
      rows: rows)
    return .section("phases", "Phases", "<div class=\"bars\">\(table)</div>\n")
  }

  private var cost: HTML {
    let order = start.order
    let hourly: HTML? = order.hourlyPrice.map { "\(Price($0).description)" }
    let most: HTML? = order.hourlyPrice.map {
      "\(Price(Price.most(hourly: $0, deadline: order.deadline)).description)"
    }
    return .section(
      "cost", "Cost",
      .facts([
        ("an hour", hourly ?? "not asked"),
        ("so far, hours counted whole", record.cost(until: now).map { "\($0.description)" }),
        ("at its deadline, at most", most), ("deadline", "\(Quantity.duration(seconds: order.deadline))"),
        ("after a success", order.isKept ? "the machine stays until its deadline" : "the machine is deleted"),
      ]))
  }

  private var work: HTML {
    let order = start.order
    let outputs: [HTML] = (record.end?.outputs ?? []).map { HTML.path($0) }
    let end: HTML? = record.end.map {
      "\(Words.line($0.message)) (<code>\($0.reason)</code>, exit code \($0.exit), \($0.isUploaded ? "uploaded" : "not all uploaded"))"
    }
    return .section(
      "work", "Work",
      """
      \(HTML.facts([("targets", .list(order.targets.map { "\($0)" }, naming: 12)), ("from", order.source.map { "\($0)" }), ("to", "\(order.destination)"), ("ended", end)]))\(outputs.isEmpty ? .empty : "<h3>Outputs</h3>\n\(HTML.list(outputs, naming: 40))")
      """)
  }

  private var proofs: HTML {
    guard !record.proofs.isEmpty else { return .empty }
    let rows: [HTML] = record.proofs.map {
      "<tr><td>\(Mark($0.verdict).badge($0.verdict.rawValue))</td><td><code>\($0.run.text)</code></td></tr>\n"
    }
    return .section(
      "proofs", "Proofs from elsewhere", .table("The proofs", columns: ["verdict", "run"], rows: rows))
  }

  private var identity: HTML {
    let identity = start.identity
    return .section(
      "identity", "What the machine is known by",
      .facts([
        ("host key", "<code>\(identity.hostKey)</code>"),
        ("signing key", identity.signingKey.map { "<code>\($0)</code>" }),
        ("upload key", identity.uploadKey.map { "<code>\($0)</code>" }),
        ("bootstrap, SHA-256", "<code>\(identity.bootstrap)</code>"),
        (
          "logs",
          identity.hasPublicLogs ? "open to everybody who reaches the machine" : "open to the operator alone"
        ),
      ]))
  }

  private var footing: HTML {
    "<p>Made from the recorded build. <code>warmth audit show \(start.id.text)</code> says the same.</p>\n"
  }
}
