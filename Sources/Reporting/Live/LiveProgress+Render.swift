import NixModel

extension LiveProgress {
  /// The lines to draw at `now` since the run began, each at most `width` characters: a line of totals, and
  /// below it the copies and builds that are under way.
  public func render(width: Int, now: Duration) -> [String] {
    let clock = Quantity.clock(seconds: Int(now.components.seconds))
    let items = builds.map(line) + copies.map(line)
    // One line is the head's, and one is needed to say how many there is no room for.
    let room = Self.maximumHeight - 1
    let shown = items.count > room ? room - 1 : items.count
    let rest = items.count > shown ? ["  and \(items.count - shown) more"] : []
    return (["\(clock)  \(head(now))"] + items.prefix(shown) + rest).map { $0.truncated(to: max(0, width)) }
  }

  /// What is being waited for: the totals, and the copies and builds that are under way, the oldest first.
  func waiting(at now: Duration) -> String {
    let work =
      builds.map { "building \($0.derivation.derivationName)" } + copies.map { "copying \($0.path.name)" }
    return work.isEmpty ? head(now) : "\(head(now)); \(Words.list(work, naming: 3))"
  }

  private func head(_ now: Duration) -> String {
    switch phase {
    case .starting: "looking at the runner"
    case .evaluating(let targets): "evaluating \(Words.count(targets, "target"))"
    case .opening(let caches): caches == 0 ? "asking the caches" : "asking \(Words.count(caches, "cache"))"
    case .surveying(let progress): progress.phrase
    case .preparing: offered.map(\.sentence) ?? "looking at the store"
    case .realizing: totals(now)
    }
  }

  private func totals(_ now: Duration) -> String {
    // A cache that only Nix can ask offers more than the survey knows; then there is no total to name.
    let paths = offered.flatMap { $0.offered >= max(1, copied.count) ? " of \($0.offered)" : nil } ?? ""
    let size = offered.flatMap { $0.bytes >= max(1, bytes) ? " of \(Quantity.bytes($0.bytes))" : nil } ?? ""
    var parts = ["\(copied.count)\(paths) copied"]
    if bytes > 0 { parts.append("\(Quantity.bytes(bytes))\(size)") }
    if !copies.isEmpty {
      parts[0] += " and \(copies.count) under way"
      if let rate = rate(at: now) {
        parts.append("\(Quantity.bytes(rate))/s")
        if let left = timeLeft(at: rate) { parts.append("about \(Quantity.duration(seconds: left)) left") }
      }
    }
    if let silent = offered?.silentCaches, !silent.isEmpty {
      parts.append("no answer from \(Words.list(silent, naming: 2))")
    }
    if !built.isEmpty { parts.append("\(built.count) built") }
    return parts.joined(separator: ", ")
  }

  /// In seconds; `nil` where the caches do not say how much there is to come.
  private func timeLeft(at rate: UInt64) -> Int? {
    guard let offered, rate > 0, offered.bytes > bytes, offered.offered >= copied.count else { return nil }
    return Int(clamping: (offered.bytes - bytes) / rate)
  }

  private func line(_ copy: Copy) -> String {
    let size =
      switch (copy.done, copy.expected) {
      case (0, 0): ""
      case (let done, 0): "  \(Quantity.bytes(done))"
      case (let done, let expected): "  \(Quantity.bytes(done)) of \(Quantity.bytes(expected))"
      }
    return "  copying \(copy.path.name)\(size)  from \(copy.from)"
  }

  private func line(_ build: Build) -> String {
    "  building \(build.derivation.derivationName)\(build.machine.map { "  on \($0)" } ?? "")"
      + (build.said.isEmpty ? "" : "  \(build.said)")
  }
}

extension SurveyProgress {
  fileprivate var phrase: String {
    let lacking = missing == 0 ? "" : ", \(missing) missing"
    return
      "asking \(Words.count(caches, "cache")): \(asked) of \(Words.count(known, "path")) so far\(lacking)"
  }
}
