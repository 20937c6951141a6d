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
    var parts = ["\(copied.count)\(paths) copied", "\(Quantity.bytes(bytes))\(size)"]
    if let rate = rate(at: now), !copies.isEmpty { parts.append("\(Quantity.bytes(rate))/s") }
    if !built.isEmpty { parts.append("\(built.count) built") }
    return parts.joined(separator: ", ")
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
  }
}

extension SurveyProgress {
  fileprivate var phrase: String {
    let lacking = missing == 0 ? "" : ", \(missing) missing"
    return
      "asking \(Words.count(caches, "cache")): \(asked) of \(Words.count(known, "path")) so far\(lacking)"
  }
}
