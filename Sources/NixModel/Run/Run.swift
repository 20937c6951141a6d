public import Foundation

/// The name of a run: its start in UTC and six random characters, so that names sort by time.
public struct RunID: Hashable, Sendable {
  /// `20260503T120000Z-4k7xbq`.
  public let text: String

  /// A name for a run that starts at `instant`.
  public init(at instant: Date, using generator: inout some RandomNumberGenerator) {
    let stamp = instant.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    let letters = Nix32.alphabet
    let suffix = (0..<6).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] }
    text = "\(stamp)-\(String(decoding: suffix, as: UTF8.self))"
  }

  /// A name for a run that starts at `instant`.
  public init(at instant: Date) {
    var generator = SystemRandomNumberGenerator()
    self.init(at: instant, using: &generator)
  }

  /// A name that was read or typed.
  public init(_ text: String) { self.text = text }

  /// A name that somebody else made, by the same rule.
  public init?(canonical text: String) {
    let bytes = Array(text.utf8)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let isCanonical =
      bytes.count == 23
      && bytes.indices.allSatisfy { index in
        switch index {
        case 8: bytes[index] == UInt8(ascii: "T")
        case 15: bytes[index] == UInt8(ascii: "Z")
        case 16: bytes[index] == UInt8(ascii: "-")
        case 17...: Nix32.alphabet.contains(bytes[index])
        default: digits.contains(bytes[index])
        }
      }
    guard isCanonical else { return nil }
    self.text = text
  }
}

extension RunID: CustomStringConvertible {
  public var description: String { text }
}

/// The beginning of a run, which is recorded before anything else happens.
public struct RunStart: Hashable, Sendable {
  /// Its name.
  public let id: RunID
  /// When it began.
  public let started: Date
  /// The version of `warmth`.
  public let version: String
  /// Where it runs.
  public let runner: Runner
  /// The targets.
  public let installables: [Installable]
  /// The policy that decides.
  public let policy: Policy
  /// The source that it was about, where CI says.
  public let occasion: Occasion?
  /// Which part of a longer list it is about, where others prove the rest.
  public let shard: Shard?

  /// A beginning.
  public init(
    id: RunID, started: Date, version: String, runner: Runner, installables: [Installable], policy: Policy,
    occasion: Occasion? = nil, shard: Shard? = nil
  ) {
    self.occasion = occasion
    self.shard = shard
    self.id = id
    self.started = started
    self.version = version
    self.runner = runner
    self.installables = installables
    self.policy = policy
  }
}

extension RunStart {
  /// The flags that its targets are evaluated by.
  public var flags: EvaluationFlags { installables.map(\.flags).first { !$0.isEmpty } ?? .none }
}

/// The end of a run: the verdict, recorded last.
public struct Conclusion: Hashable, Sendable {
  /// When it ended.
  public let finished: Date
  /// The verdicts and their reasons.
  public let judgment: Judgment
  /// The highest memory use of the run's control group in bytes, where the kernel says.
  public let memoryPeak: UInt64?

  /// An end.
  public init(finished: Date, judgment: Judgment, memoryPeak: UInt64?) {
    self.finished = finished
    self.judgment = judgment
    self.memoryPeak = memoryPeak
  }
}

/// A run, whether it just ended or was read back after a year.
public struct Run: Hashable, Sendable {
  /// How it began.
  public let start: RunStart
  /// The version of Nix, once it was known.
  public let nixVersion: String?
  /// Whether Nix was set to build in a sandbox, once it was known.
  public let nixSandbox: SandboxSetting?
  /// The credentials and other means that could write to a cache or read from one, as far as they were found.
  public let meansOfWriting: [MeansOfWriting]
  /// How it ended, if it did.
  public let state: State

  /// A run is under way, was cut off, or has a conclusion.
  public enum State: Hashable, Sendable {
    /// Its process is still alive on this machine.
    case running
    /// Its process ended without a conclusion.
    case interrupted
    /// It has a conclusion.
    case finished(Conclusion)
  }

  /// A run from its parts.
  public init(
    start: RunStart, nixVersion: String?, nixSandbox: SandboxSetting? = nil,
    meansOfWriting: [MeansOfWriting] = [], state: State
  ) {
    self.nixSandbox = nixSandbox
    self.start = start
    self.nixVersion = nixVersion
    self.meansOfWriting = meansOfWriting
    self.state = state
  }

  /// The conclusion, if there is one.
  public var conclusion: Conclusion? {
    switch state {
    case .running, .interrupted: nil
    case .finished(let conclusion): conclusion
    }
  }

  /// The verdict; a run without a conclusion proves nothing either way.
  public var verdict: Verdict { conclusion?.judgment.verdict ?? .inconclusive }
}
