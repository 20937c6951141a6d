import NixModel

// A log is kept as the set of its events, which runs of one closure have in common, and as the order in which this
// run had them: `[line, number of the event in the set]`, in which the line is told from the line before.
extension LogTestimony {
  func entries() throws -> [Entry] {
    var lines: [[UInt8]: JSON] = [:]
    var said: [(line: Int, key: [UInt8])] = []
    for event in events {
      guard let item = try event.kind.item()?.withoutKnownSecrets else { continue }
      let key = item.bytes
      lines[key] = item
      said.append((event.line, key))
    }
    let set = lines.keys.sorted { $0.lexicographicallyPrecedes($1) }
    let numbers = Dictionary(uniqueKeysWithValues: set.enumerated().map { ($0.element, $0.offset) })
    var last = 0
    let order = said.map { event in
      defer { last = event.line }
      return JSON.list([.number(Int64(event.line - last)), .number(Int64(numbers[event.key] ?? 0))])
    }
    let own = JSON.item { item in
      item.add(ending)
      item.add("lines", self.lines)
      item.add("bytes", bytes)
      item.add("unreadable", unreadable == 0 ? nil : unreadable)
      item.add("dropped", dropped == 0 ? nil : dropped)
      item.add("evaluationLines", evaluationLines)
      item.add("milliseconds", timeTaken?.milliseconds)
      item.add(
        "copying",
        items: (timeTaken?.copying ?? [:]).sorted { $0.key < $1.key }.map { cache, milliseconds in
          .item {
            $0.add("cache", Redaction.redact(cache))
            $0.add("milliseconds", milliseconds)
          }
        })
      item.add("events", items: order)
    }
    return (set.isEmpty ? [] : Entry.entries(.events, set.compactMap { lines[$0] }))
      + Entry.entries(.log, [own])
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
  /// `nil` for progress, of which only a display speaks.
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
    case .progress: return nil
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
  func eventKinds() throws -> [LogEvent.Kind] { try items(.events).map { try $0.event() } }

  func log() throws -> LogTestimony? {
    guard let own = try item(ifAny: .log) else { return nil }
    let kinds = try eventKinds()
    var line = 0
    var events: [LogEvent] = []
    for pair in try own.list("events") {
      guard case .list(let numbers) = pair, numbers.count == 2, case .number(let step) = numbers[0],
        case .number(let number) = numbers[1], kinds.indices.contains(Int(clamping: number))
      else { throw JSON.Flaw(words: "its log names an event that it does not have") }
      let (sum, isTooMuch) = line.addingReportingOverflow(Int(step))
      guard !isTooMuch else { throw JSON.Flaw(words: "its log has no such line") }
      line = sum
      events.append(LogEvent(line: line, kind: kinds[Int(number)]))
    }
    return LogTestimony(
      events: events, lines: try own.number("lines"), bytes: try own.number("bytes"),
      unreadable: try own.number(ifAny: "unreadable") ?? 0, dropped: try own.number(ifAny: "dropped") ?? 0,
      ending: try own.ending(), evaluationLines: try own.number("evaluationLines"),
      timeTaken: try own.timeTaken())
  }

  /// How long Nix took, without the events.
  func timeTaken() throws -> TimeTaken? { try item(ifAny: .log)?.timeTaken() }
}

extension Item {
  func timeTaken() throws -> TimeTaken? {
    guard let milliseconds: Int = try number(ifAny: "milliseconds") else { return nil }
    let copying = try items("copying").map { (try $0.text("cache"), try $0.number("milliseconds") as Int) }
    return TimeTaken(milliseconds: milliseconds, copying: Dictionary(copying) { first, _ in first })
  }
}
