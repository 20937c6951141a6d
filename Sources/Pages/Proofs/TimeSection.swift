import NixModel
import Reporting

/// Copies and builds in time: how busy each cache was, and who waited for whom.
struct TimeSection {
  private let journal: Journal
  private let testimony: Testimony
  private let policy: Policy

  /// How many of the longest steps are drawn beside the chain.
  private static let longest = 24
  private static let chained = 24

  init(_ testimony: Testimony, under policy: Policy) {
    (self.testimony, self.policy) = (testimony, policy)
    journal = Journal(testimony, under: policy)
  }

  var html: HTML {
    guard !journal.steps.isEmpty else {
      return .section(
        "time", "Copies and builds",
        "<p>Nix copied and built nothing in this run, so there is no course of it.</p>\n")
    }
    return .section("time", "Copies and builds", "\(lanes)\(steps)")
  }

  // MARK: Caches

  /// Nix's order of caches first, then those that it was not told of.
  private var caches: [String] {
    let used = journal.steps.compactMap { step in if case .copy(let from) = step.kind { from } else { nil } }
    let told = testimony.survey.caches.map(\.url.canonical)
    var all: [String] = []
    for name in told + used where !all.contains(name) { all.append(name) }
    return all
  }

  private func downloaded(from cache: String) -> UInt64 {
    var sum: UInt64 = 0
    var seen: Set<StorePath> = []
    for step in journal.steps where step.kind == .copy(from: cache) && seen.insert(step.path).inserted {
      let offer = testimony.survey.answers[step.path]?.lazy.compactMap { answer -> Narinfo? in
        guard answer.cache.canonical == cache, case .offered(let info, _) = answer.kind else { return nil }
        return info.narinfo
      }.first
      sum.add(saturating: offer?.fileSize ?? 0)
    }
    return sum
  }

  private var lanes: HTML {
    let rows: [HTML] = caches.map { cache in
      let count = journal.steps.count { $0.kind == .copy(from: cache) }
      let bytes = downloaded(from: cache)
      let busy = testimony.log.timeTaken?.copying[cache]
      let speed = busy.flatMap {
        $0 > 0 && bytes > 0 ? Quantity.rate(bytesPerSecond: Double(bytes) * 1000 / Double($0)) : nil
      }
      let state = testimony.survey.caches.first { $0.url.canonical == cache }?.state
      let remark: HTML? =
        switch state {
        case .open?, nil: nil
        case .unreachable?, .failing?, .unusable?, .unknown?:
          state.map { "<br><span class=\"note\">\(Words.line($0.phrase))</span>" }
        }
      return """
        <tr><td>\(cache)\(remark)</td><td class="n">\(count)</td><td class="n">\(bytes > 0 ? Quantity.bytes(bytes) : "–")</td><td class="n">\(busy.map { Quantity.duration(milliseconds: $0) } ?? "–")</td><td class="n">\(speed ?? "–")</td></tr>
        \(count > 0 ? lane(cache) : .empty)
        """
    }
    let table = HTML.table(
      "The caches of the run",
      columns: [
        "cache", .number("copies"), .number("downloaded"), .number("busy"), .number("speed"),
      ], rows: rows)
    guard journal.steps.contains(where: { if case .copy = $0.kind { true } else { false } }) else {
      return table
    }
    return """
      \(table)<p class="note">Below each cache: how many copies from it were under way, \(axisWords). Busy is the time in which at least one was.</p>

      """
  }

  private var axisWords: HTML {
    switch journal.axis {
    case .time: "from Nix’s start to its end after \(Quantity.duration(milliseconds: Int(journal.span)))"
    case .lines:
      "in the order of the \(Words.count(Int(journal.span), "line")) of Nix’s log, because the record has no times of them"
    }
  }

  /// Steps of a stair. It is stretched, so that it holds no text.
  private func lane(_ cache: String) -> HTML {
    let counts = journal.underWay(from: cache, parts: 240)
    let most = max(1, counts.max() ?? 1)
    var path = "M0 32"
    var last = -1
    for (part, count) in counts.enumerated() where count != last {
      let y = 32 - Double(count) / Double(most) * 30
      if last >= 0 { path += "H\(part)" } else { path += "M0 32" }
      path += "V\(Int(y.rounded()))"
      last = count
    }
    path += "H240V32Z"
    return """
      <tr><td colspan="5"><svg viewBox="0 0 240 33" width="100%" height="34" preserveAspectRatio="none" role="img" aria-label="Copies from \(cache) under way: at most \(most) at once"><path class="lane" d="\(path)"/></svg><div class="axis"><span>\(position(0))</span><span>at most \(most) at once</span><span>\(position(journal.span))</span></div></td></tr>

      """
  }

  /// A short run is told in milliseconds.
  private func time(_ milliseconds: Double) -> String {
    journal.span < 10_000
      ? "\(Int(milliseconds)) ms" : Quantity.duration(milliseconds: Int(milliseconds))
  }

  private func position(_ place: Double) -> String {
    switch journal.axis {
    case .time: time(place)
    case .lines: "line \(Int(place))"
    }
  }

  // MARK: Steps

  private var steps: HTML {
    let all = journal.steps
    let chain = Set(journal.chain.suffix(Self.chained))
    let longest = all.indices.sorted { all[$0].length > all[$1].length }.prefix(Self.longest)
    let shown = chain.union(longest).sorted { (all[$0].start, $0) < (all[$1].start, $1) }
    let rows: [HTML] = shown.map { row(all[$0], isChained: chain.contains($0)) }
    let table = HTML.table(
      "The course of copies and builds",
      columns: ["what", "when", .number("began"), .number("took"), "after"],
      rows: rows)
    let count =
      shown.count == all.count
      ? "\(Words.count(all.count, "step")) in all"
      : "The \(shown.count) of \(all.count) steps that took longest or that the end waited for"
    return """
      <h3>Who waited for whom</h3>
      <p class="note">\(count). A filled arrow ▸ marks the chain whose last step ended the run: each step of it could begin only when the one before had ended. “After” names the last thing that a step needed.</p>
      <div class="bars">\(table)</div>

      """
  }

  private func row(_ step: Journal.Step, isChained: Bool) -> HTML {
    let (x, width) = (step.start / journal.span * 100, max(0.4, step.length / journal.span * 100))
    let waited = step.waitedFor.map { journal.steps[$0] }
    // From the end of what it waited for to its own beginning.
    let wait: HTML? = waited.map {
      "<line class=\"wait\" x1=\"\($0.end / journal.span * 100)%\" x2=\"\(x)%\" y1=\"7\" y2=\"7\"/>"
    }
    let (word, kind): (HTML, HTML) =
      switch step.kind {
      case .copy: ("", "copy")
      case .build(nil): ("built: ", "build")
      case .build(let machine?): ("built on \(machine): ", "build")
      }
    let took: String = step.endLine == nil ? "no end" : length(step.length)
    return """
      <tr\(isChained ? " class=\"chain\"" : .empty)><td>\(isChained ? "<span aria-label=\"in the chain\">▸</span> " : .empty)\(word)\(String(step.path.derivationName))</td><td class="bar"><svg role="img" aria-label="from \(position(step.start)) to \(position(step.end))"><rect class="ground" width="100%" height="14"/>\(wait)<rect class="\(kind)" x="\(min(x, 99.6))%" width="\(min(width, 100 - min(x, 99.6)))%" height="14"/></svg></td><td class="n">\(position(step.start))</td><td class="n">\(took)</td><td>\(waited.map { String($0.path.derivationName) } ?? "")</td></tr>

      """
  }

  private func length(_ length: Double) -> String {
    switch journal.axis {
    case .time: time(length)
    case .lines: Words.count(Int(length), "line")
    }
  }
}
