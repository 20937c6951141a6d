/// The time that a realization took, by the clock of the process that read Nix's log.
public struct TimeTaken: Hashable, Sendable {
  /// From Nix's start to its end, in milliseconds.
  public let milliseconds: Int
  /// For each cache, by its canonical address: in how many of them at least one copy from it was under way. Copies
  /// run beside each other, so that these need not add up to anything.
  public let copying: [String: Int]
  /// When some lines of the log were read, in order: at most ``CopyClock/mostMarks``. The time of a line between two of
  /// them lies between theirs. Empty where a program recorded the run that took none.
  public let marks: [Mark]

  /// When a line of the log was read.
  public struct Mark: Hashable, Sendable {
    /// The line, counted from 1 over the run's log.
    public let line: Int
    /// The time since Nix's start, in milliseconds.
    public let milliseconds: Int

    /// A line and its time.
    public init(line: Int, milliseconds: Int) {
      self.line = line
      self.milliseconds = milliseconds
    }
  }

  /// A time, each cache's part of it, and when some lines were read.
  public init(milliseconds: Int, copying: [String: Int] = [:], marks: [Mark] = []) {
    self.milliseconds = milliseconds
    self.copying = copying
    self.marks = marks
  }

  /// When a line was read, in milliseconds since Nix's start, as exactly as the marks tell; `nil` without marks.
  public func moment(ofLine line: Int) -> Int? {
    guard let first = marks.first, let last = marks.last else { return nil }
    if line <= first.line { return first.milliseconds }
    if line >= last.line { return last.milliseconds }
    let next = marks.partitioningIndex { $0.line >= line }
    let (before, after) = (marks[next - 1], marks[next])
    guard after.line > before.line else { return before.milliseconds }
    let part = Double(line - before.line) / Double(after.line - before.line)
    return before.milliseconds + Int(part * Double(after.milliseconds - before.milliseconds))
  }

  /// The same with the addresses of `caches` as they were configured, where Nix printed them otherwise.
  public func naming(_ caches: [SubstituterURL]) -> TimeTaken {
    TimeTaken(
      milliseconds: milliseconds,
      copying: Dictionary(
        copying.map { printed, time in
          (caches.first { $0.isPrinted(as: printed) }?.canonical ?? printed, time)
        }
      ) { $0 + $1 }, marks: marks)
  }
}

extension [TimeTaken.Mark] {
  /// The first index whose element satisfies `isBehind`, which no element before one that does may satisfy.
  fileprivate func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// Adds up how long copies were under way, from events and the moments at which they were read.
public struct CopyClock: Sendable {
  /// The most marks that are kept. They are as far apart as that needs, because nobody knows beforehand how long a run
  /// takes.
  public static let mostMarks = 64

  private var marks: [TimeTaken.Mark] = []
  private var latest: TimeTaken.Mark?
  private var pace = 1
  private var under: [String: Set<StorePath>] = [:]
  private var since: [String: Duration] = [:]
  private var sums: [String: Duration] = [:]

  /// A clock that has seen no copy.
  public init() {}

  /// Takes note of an event.
  ///
  /// - Parameter moment: the time since the beginning.
  public mutating func note(_ event: LogEvent, at moment: Duration) {
    mark(event.line, Self.milliseconds(moment))
    switch event.kind {
    case .copyStarted(let path, let from):
      if under[from, default: []].isEmpty { since[from] = moment }
      under[from, default: []].insert(path)
    case .copyStopped(let path, let from):
      guard under[from]?.remove(path) != nil, under[from]?.isEmpty == true else { return }
      end(from, at: moment)
    case .transferred, .buildStarted, .buildStartedRemotely, .buildStopped, .resolved, .postBuildHook,
      .complaint, .progress, .builderSaid:
      break
    }
  }

  private mutating func mark(_ line: Int, _ milliseconds: Int) {
    guard line > latest?.line ?? 0 else { return }
    let mark = TimeTaken.Mark(line: line, milliseconds: milliseconds)
    latest = mark
    if let last = marks.last, milliseconds - last.milliseconds < pace { return }
    // The last place is for the latest line.
    if marks.count == Self.mostMarks - 1 {
      marks = marks.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
      pace = Swift.max(pace * 2, milliseconds / Self.mostMarks)
    }
    marks.append(mark)
  }

  /// The sums. Copies that have not ended end at `moment`, the time since the beginning.
  public func taken(at moment: Duration) -> TimeTaken {
    var clock = self
    for from in since.keys.sorted() { clock.end(from, at: moment) }
    if let latest, latest != marks.last { clock.marks.append(latest) }
    let copying = clock.sums.map { (name: Self.canonical($0.key), milliseconds: Self.milliseconds($0.value)) }
    return TimeTaken(
      milliseconds: Self.milliseconds(moment),
      copying: Dictionary(copying.map { ($0.name, $0.milliseconds) }) { $0 + $1 }, marks: clock.marks)
  }

  private mutating func end(_ from: String, at moment: Duration) {
    guard let start = since.removeValue(forKey: from) else { return }
    sums[from, default: .zero] += moment - start
  }

  private static func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }

  /// Nix prints an address as it was configured, without credentials.
  private static func canonical(_ from: String) -> String {
    (try? SubstituterURL(parsing: from))?.canonical ?? from
  }
}
