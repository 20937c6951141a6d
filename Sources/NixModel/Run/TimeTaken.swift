/// The time that a realization took, by the clock of the process that read Nix's log.
public struct TimeTaken: Hashable, Sendable {
  /// From Nix's start to its end, in milliseconds.
  public let milliseconds: Int
  /// For each cache, by its canonical address: in how many of them at least one copy from it was under way. Copies
  /// run beside each other, so that these need not add up to anything.
  public let copying: [String: Int]

  /// A time, and each cache's part of it.
  public init(milliseconds: Int, copying: [String: Int] = [:]) {
    self.milliseconds = milliseconds
    self.copying = copying
  }

  /// The same with the addresses of `caches` as they were configured, where Nix printed them otherwise.
  public func naming(_ caches: [SubstituterURL]) -> TimeTaken {
    TimeTaken(
      milliseconds: milliseconds,
      copying: Dictionary(
        copying.map { printed, time in
          (caches.first { $0.isPrinted(as: printed) }?.canonical ?? printed, time)
        }
      ) { $0 + $1 })
  }
}

/// Adds up how long copies were under way, from events and the moments at which they were read.
public struct CopyClock: Sendable {
  private var under: [String: Set<StorePath>] = [:]
  private var since: [String: Duration] = [:]
  private var sums: [String: Duration] = [:]

  /// A clock that has seen no copy.
  public init() {}

  /// Takes note of an event.
  ///
  /// - Parameter moment: the time since the beginning.
  public mutating func note(_ event: LogEvent.Kind, at moment: Duration) {
    switch event {
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

  /// The sums. Copies that have not ended end at `moment`, the time since the beginning.
  public func taken(at moment: Duration) -> TimeTaken {
    var clock = self
    for from in since.keys.sorted() { clock.end(from, at: moment) }
    let copying = clock.sums.map { (name: Self.canonical($0.key), milliseconds: Self.milliseconds($0.value)) }
    return TimeTaken(
      milliseconds: Self.milliseconds(moment),
      copying: Dictionary(copying.map { ($0.name, $0.milliseconds) }) { $0 + $1 })
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
