import NixModel

/// Copies and builds of a run in time, and the one that each had to wait for.
struct Journal {
  /// One copy or build.
  struct Step {
    /// The path that was copied, or the derivation that was built.
    let path: StorePath
    let kind: Kind
    /// The line at which it began.
    let line: Int
    /// From its beginning to its end, in units of the axis.
    var start: Double
    var end: Double
    /// The line that told of its end.
    var endLine: Int?
    /// The number of the step that was the last to end among those that this one needs.
    var waitedFor: Int?

    var length: Double { end - start }
  }

  /// What was done.
  enum Kind: Hashable {
    /// A copy from a cache.
    case copy(from: String)
    /// A build, on another machine where one is named.
    case build(on: String?)
  }

  /// The axis of time.
  enum Axis {
    /// Milliseconds since Nix's start.
    case time
    /// Lines of the log, because the record has no times.
    case lines
  }

  let axis: Axis
  /// The end of the axis, which begins at 0.
  let span: Double
  let steps: [Step]
  /// The numbers of the steps that the run's end had to wait for, one after the other, the first first.
  let chain: [Int]

  /// The realization's part of a log. What evaluation copied has no time.
  init(_ testimony: Testimony, under policy: Policy) {
    let log = testimony.log
    let clock = log.timeTaken.flatMap { $0.marks.isEmpty ? nil : $0 }
    axis = clock == nil ? .lines : .time
    let span =
      clock.map { Double(max($0.milliseconds, 1)) } ?? Double(max(log.lines - log.evaluationLines, 1))
    self.span = span
    func moment(_ line: Int) -> Double {
      min(span, clock?.moment(ofLine: line).map(Double.init) ?? Double(line - log.evaluationLines))
    }
    var steps: [Step] = []
    var open: [StorePath: Int] = [:]
    func begin(_ path: StorePath, _ kind: Kind, _ line: Int) {
      open[path] = steps.count
      steps.append(Step(path: path, kind: kind, line: line, start: moment(line), end: span))
    }
    func end(_ path: StorePath, _ line: Int) {
      guard let index = open.removeValue(forKey: path) else { return }
      steps[index].end = max(steps[index].start, moment(line))
      steps[index].endLine = line
    }
    for event in log.events where event.line > log.evaluationLines {
      switch event.kind {
      case .copyStarted(let path, let from):
        begin(path, .copy(from: Self.name(of: from, in: testimony.survey)), event.line)
      case .buildStarted(let derivation): begin(derivation, .build(on: nil), event.line)
      case .buildStartedRemotely(let derivation, let machine):
        begin(derivation, .build(on: machine), event.line)
      case .copyStopped(let path, _), .buildStopped(let path): end(path, event.line)
      case .transferred, .resolved, .postBuildHook, .complaint, .progress, .builderSaid: break
      }
    }
    Self.connect(&steps, testimony, policy)
    self.steps = steps
    chain = Self.chain(of: steps)
  }

  /// Nix prints an address otherwise than it was configured.
  private static func name(of printed: String, in survey: Survey) -> String {
    survey.caches.first { $0.url.isPrinted(as: printed) }?.url.canonical ?? printed
  }

  /// A copy needs the references of its path, and a build the outputs that it is made of.
  private static func connect(_ steps: inout [Step], _ testimony: Testimony, _ policy: Policy) {
    var makers: [StorePath: Int] = [:]
    for (index, step) in steps.enumerated() {
      switch step.kind {
      case .copy: makers[step.path] = index
      case .build:
        for output in testimony.graph.derivations[step.path]?.outputs.values ?? [:].values {
          if let output { makers[output] = index }
        }
      }
    }
    for index in steps.indices {
      let step = steps[index]
      let needed: [StorePath] =
        switch step.kind {
        case .copy: testimony.survey.offer(of: step.path, under: policy)?.info.narinfo.references ?? []
        case .build:
          (testimony.graph.derivations[step.path]?.inputDerivations ?? [:]).flatMap { input, outputs in
            outputs.compactMap { testimony.graph.derivations[input]?.outputs[$0] ?? nil }
          }
        }
      var last: Int?
      for other in needed.compactMap({ makers[$0] })
      where other != index && steps[other].endLine.map({ $0 < step.line }) ?? false {
        if last.map({ steps[$0].end < steps[other].end }) ?? true { last = other }
      }
      steps[index].waitedFor = last
    }
  }

  private static func chain(of steps: [Step]) -> [Int] {
    guard let last = steps.indices.max(by: { steps[$0].end < steps[$1].end }) else { return [] }
    var chain = [last]
    while chain.count < 200, let before = chain.last.flatMap({ steps[$0].waitedFor }) { chain.append(before) }
    return chain.reversed()
  }

  /// How many copies from a cache were under way in each part of the axis, where copies from it were told.
  func underWay(from cache: String, parts: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: parts)
    for step in steps where step.kind == .copy(from: cache) {
      let first = min(parts - 1, Int(step.start / span * Double(parts)))
      let last = max(first, min(parts - 1, Int(step.end / span * Double(parts))))
      for part in first...last { counts[part] += 1 }
    }
    return counts
  }
}
