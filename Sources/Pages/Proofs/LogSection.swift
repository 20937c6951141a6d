import NixModel
import Reporting

/// The lines of Nix's log that the claims of a page rest on.
struct LogSection {
  private let events: [LogEvent]
  private let lines: Set<Int>
  private let log: LogTestimony

  /// How many lines are shown. Those that a reason names come first where there are more.
  private static let most = 120

  init(_ testimony: Testimony, _ groups: [CauseGroup]) {
    log = testimony.log
    // The first of each group are those that a reader sees.
    let named = Set(groups.flatMap { $0.shownBy.compactMap(\.line).prefix(Self.most / max(1, groups.count)) })
    let outputs = Set(testimony.targets.flatMap { $0.outputs.map(\.path) })
    let telling = log.events.filter { event in
      switch event.kind {
      case .copyStarted(let path, _): outputs.contains(path) || named.contains(event.line)
      case .buildStarted, .buildStartedRemotely, .postBuildHook, .complaint: true
      case .transferred, .resolved: named.contains(event.line)
      case .copyStopped, .buildStopped, .progress, .builderSaid: false
      }
    }
    let first = telling.filter { named.contains($0.line) }.prefix(Self.most)
    let others = telling.filter { !named.contains($0.line) }.prefix(Self.most - first.count)
    events = (first + others).sorted { $0.line < $1.line }
    lines = Set(events.map(\.line))
  }

  /// A text in which mentions of lines that are shown lead to them.
  func linking(_ text: String) -> HTML {
    var pieces: [HTML] = []
    var rest = text[...]
    while let found = rest.firstMatch(of: #/log line ([0-9]{1,18})/#) {
      let (mention, line) = (String(found.0), Int(found.1) ?? 0)
      pieces.append("\(rest[..<found.range.lowerBound])")
      pieces.append(lines.contains(line) ? "<a href=\"#L\(line)\">\(mention)</a>" : "\(mention)")
      rest = rest[found.range.upperBound...]
    }
    return HTML(pieces + ["\(rest)"])
  }

  var html: HTML {
    let ending =
      "\(Words.count(log.lines, "line")), \(Quantity.bytes(UInt64(max(0, log.bytes)))); Nix \(log.ending.words)."
    var told: Set<Int> = []
    let rows: [HTML] = events.map { event in
      let id: HTML = told.insert(event.line).inserted ? " id=\"L\(event.line)\"" : .empty
      return "<tr\(id)><td class=\"n\">\(event.line)</td><td>\(event.kind.phrase)</td></tr>\n"
    }
    let table: HTML =
      rows.isEmpty
      ? .empty
      : "<div class=\"log\">\(HTML.table("Lines of Nix’s log", columns: [.number("line"), "Nix said"], rows: rows))</div>\n"
    return .section(
      "log", "The log behind it",
      "<p class=\"note\">\(ending) Shown are the lines that a reason names, builds, complaints, and copies of the targets.</p>\n\(table)"
    )
  }
}

extension NixEnding {
  fileprivate var words: String {
    switch self {
    case .notStarted: "was not started, because the outcome was certain before"
    case .failedToStart(let cause): "could not be started: \(cause)"
    case .exited(let code): "exited with code \(code)"
    case .signalled(let number): "was ended by signal \(number)"
    case .stopped(let derivation): "was ended at its build of \(derivation.derivationName)"
    case .timedOut: "was ended because its time was up"
    case .interrupted: "was ended from outside"
    }
  }
}
