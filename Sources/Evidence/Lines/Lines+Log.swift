package import NixModel

// A log is kept in two parts. The set of its events is shared by runs of one closure. The order of this run's
// events is a list of `[lines, event]`: the number of lines since the event before, and the event's index in
// the set.
extension LogTestimony {
  package func entries() throws -> [Entry] {
    let said = try events.compactMap { event in
      try event.kind.item().map { (event.line, $0.withoutKnownSecrets) }
    }
    let set = LogLines.set(said.map(\.1))
    let numbers = Dictionary(uniqueKeysWithValues: set.enumerated().map { ($0.element.bytes, $0.offset) })
    var last = 0
    let order = said.map { line, item in
      defer { last = line }
      return LogHead.Step(lines: line - last, event: numbers[item.bytes] ?? 0)
    }
    let own = LogHead(
      ending: ending, lines: lines, bytes: bytes, unreadable: unreadable, dropped: dropped,
      evaluationLines: evaluationLines, timeTaken: timeTaken, kept: kept, order: order)
    return (set.isEmpty ? [] : Entry.entries(.events, set)) + Entry.entries(.log, [own.item])
  }
}

/// The events of a log, each once.
package enum LogLines {
  /// The items, each once, in the order of their bytes.
  package static func set(_ items: [JSON]) -> [JSON] {
    let known = Dictionary(items.map { ($0.bytes, $0) }) { first, _ in first }
    return known.keys.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { known[$0] }
  }

  package static func entries(of kinds: [LogEvent.Kind]) throws -> [Entry] {
    Entry.entries(.events, set(try kinds.compactMap { try $0.item() }))
  }
}

/// The part of a log that belongs to one run: ending, counts, times, and the order of its events.
package struct LogHead {
  package let ending: NixEnding
  package let lines: Int
  package let bytes: Int
  package let unreadable: Int
  package let dropped: Int
  package let evaluationLines: Int
  package let timeTaken: TimeTaken?
  package let kept: KeptLog?
  package let order: [Step]

  /// One event: the number of lines since the event before, and its index in the set.
  package struct Step {
    package let lines: Int
    package let event: Int
  }

  package var item: JSON {
    .item { item in
      item.add(ending)
      item.add("lines", lines)
      item.add("bytes", bytes)
      item.add("unreadable", unreadable == 0 ? nil : unreadable)
      item.add("dropped", dropped == 0 ? nil : dropped)
      item.add("evaluationLines", evaluationLines)
      item.add("milliseconds", timeTaken?.milliseconds)
      item.add("keptSHA256", kept?.sha256)
      item.add("keptLines", kept?.lines)
      item.add("keptBytes", kept?.bytes)
      item.add(
        "copying",
        items: (timeTaken?.copying ?? [:]).sorted { $0.key < $1.key }.map { cache, milliseconds in
          .item {
            $0.add("cache", Redaction.redact(cache))
            $0.add("milliseconds", milliseconds)
          }
        })
      item.add(
        "times",
        items: (timeTaken?.marks ?? []).map {
          .list([.number(Int64($0.line)), .number(Int64($0.milliseconds))])
        })
      item.add(
        "events", items: order.map { .list([.number(Int64($0.lines)), .number(Int64($0.event))]) })
    }
  }
}

extension LogHead {
  /// - Parameter count: the size of the set of events.
  package init(_ item: Item, of count: Int) throws {
    let order = try item.list("events").map { pair in
      guard case .list(let numbers) = pair, numbers.count == 2, case .number(let lines) = numbers[0],
        case .number(let event) = numbers[1], (0..<Int64(count)).contains(event)
      else { throw JSON.Flaw(words: "its log names an event that it does not have") }
      return Step(lines: Int(lines), event: Int(event))
    }
    self.init(
      ending: try item.ending(), lines: try item.number("lines"), bytes: try item.number("bytes"),
      unreadable: try item.number(ifAny: "unreadable") ?? 0, dropped: try item.number(ifAny: "dropped") ?? 0,
      evaluationLines: try item.number("evaluationLines"), timeTaken: try item.timeTaken(),
      kept: try item.keptLog(), order: order)
  }
}

extension ItemWriter {
  fileprivate mutating func add(_ ending: NixEnding) {
    switch ending {
    case .notStarted: add("ending", "not-started")
    case .failedToStart(let cause):
      add("ending", "failed-to-start")
      add("cause", Redaction.redact(cause))
    case .exited(let code):
      add("ending", "exited")
      add("code", code)
    case .signalled(let number):
      add("ending", "signalled")
      add("code", number)
    case .stopped(let derivation):
      add("ending", "stopped")
      add("at", derivation)
    case .timedOut: add("ending", "timed-out")
    case .interrupted: add("ending", "interrupted")
    }
  }
}

extension LogEvent.Kind {
  /// `nil` for progress, which is only displayed.
  fileprivate func item() throws -> JSON? {
    func item(_ kind: String, _ fill: (inout ItemWriter) throws -> Void) rethrows -> JSON {
      try .item { item in
        item.add("event", kind)
        try fill(&item)
      }
    }
    switch self {
    case .copyStarted(let path, let from):
      return item("copy-started") {
        $0.add("path", path)
        $0.add("from", from)
      }
    case .copyStopped(let path, let from):
      return item("copy-stopped") {
        $0.add("path", path)
        $0.add("from", from)
      }
    case .transferred(let path, let from, let to):
      return item("transferred") {
        $0.add("path", path)
        $0.add("from", from)
        $0.add("to", to)
      }
    case .buildStarted(let derivation): return item("build-started") { $0.add("derivation", derivation) }
    case .buildStartedRemotely(let derivation, let machine):
      return item("build-started-remotely") {
        $0.add("derivation", derivation)
        $0.add("machine", machine)
      }
    case .buildStopped(let derivation): return item("build-stopped") { $0.add("derivation", derivation) }
    case .resolved(let derivation, let resolved):
      return item("resolved") {
        $0.add("derivation", derivation)
        $0.add("to", resolved)
      }
    case .postBuildHook(let derivation): return item("post-build-hook") { $0.add("derivation", derivation) }
    case .complaint(let complaint):
      return try item("complaint") {
        $0.add("subject", try JSON(encoding: complaint.subject.redacted))
        $0.add("text", Redaction.redact(complaint.text))
      }
    case .progress, .builderSaid: return nil
    }
  }
}

extension Item {
  fileprivate func event() throws -> LogEvent.Kind {
    switch try text("event") {
    case "copy-started": .copyStarted(path: try path("path"), from: try text("from"))
    case "copy-stopped": .copyStopped(path: try path("path"), from: try text("from"))
    case "transferred":
      .transferred(path: try path("path"), from: try text("from"), to: try text("to"))
    case "build-started": .buildStarted(derivation: try path("derivation"))
    case "build-started-remotely":
      .buildStartedRemotely(derivation: try path("derivation"), machine: try text("machine"))
    case "build-stopped": .buildStopped(derivation: try path("derivation"))
    case "resolved": .resolved(derivation: try path("derivation"), to: try path("to"))
    case "post-build-hook": .postBuildHook(derivation: try path("derivation"))
    case "complaint":
      .complaint(
        Complaint(subject: try decoded("subject", Complaint.Subject.self), text: try text("text")))
    case let word: throw JSON.Flaw(words: "its log has an event '\(word.excerpt)'")
    }
  }

  fileprivate func ending() throws -> NixEnding {
    switch try text("ending") {
    case "not-started": .notStarted
    case "failed-to-start": .failedToStart(try text("cause"))
    case "exited": .exited(code: try number("code"))
    case "signalled": .signalled(number: try number("code"))
    case "stopped": .stopped(at: try path("at"))
    case "timed-out": .timedOut
    case "interrupted": .interrupted
    case let word: throw JSON.Flaw(words: "Nix ended '\(word.excerpt)'")
    }
  }
}

extension Contents {
  /// The kinds of events that the log has, each once.
  package func eventKinds() throws -> [LogEvent.Kind] { try items(.events).map { try $0.event() } }

  package func log() throws -> LogTestimony? {
    guard items(ifAny: .log) != nil else { return nil }
    let head = try logHead()
    let kinds = try eventKinds()
    var line = 0
    let events = try head.order.map { step in
      let (sum, isTooMuch) = line.addingReportingOverflow(step.lines)
      guard !isTooMuch else { throw JSON.Flaw(words: "its log has no such line") }
      line = sum
      return LogEvent(line: line, kind: kinds[step.event])
    }
    return LogTestimony(
      events: events, lines: head.lines, bytes: head.bytes, unreadable: head.unreadable,
      dropped: head.dropped, ending: head.ending, evaluationLines: head.evaluationLines,
      timeTaken: head.timeTaken
    ).keeping(head.kept)
  }

  func logHead() throws -> LogHead {
    try LogHead(item(.log), of: items(ifAny: .events)?.count ?? 0)
  }

  /// The time that Nix took, read without the events.
  package func timeTaken() throws -> TimeTaken? { try item(ifAny: .log)?.timeTaken() }
}

extension Item {
  fileprivate func keptLog() throws -> KeptLog? {
    guard let sha256 = try text(ifAny: "keptSHA256") else { return nil }
    return KeptLog(sha256: sha256, lines: try number("keptLines"), bytes: try number("keptBytes"))
  }

  package func timeTaken() throws -> TimeTaken? {
    guard let milliseconds: Int = try number(ifAny: "milliseconds") else { return nil }
    let copying = try items("copying").map { (try $0.text("cache"), try $0.number("milliseconds") as Int) }
    let marks = try list("times").map { pair in
      guard case .list(let numbers) = pair, numbers.count == 2, case .number(let line) = numbers[0],
        case .number(let moment) = numbers[1]
      else { throw JSON.Flaw(words: "its log has a time that is none") }
      return TimeTaken.Mark(line: Int(line), milliseconds: Int(moment))
    }
    return TimeTaken(
      milliseconds: milliseconds, copying: Dictionary(copying) { first, _ in first }, marks: marks)
  }
}
