/// What was found on a runner when it was looked over, without a target.
public struct Checkup: Hashable, Sendable {
  /// The findings, in the order in which they are told.
  public let findings: [Finding]

  /// A checkup from its findings.
  public init(_ findings: [Finding]) { self.findings = findings }

  /// The worst of the findings.
  public var health: Health { findings.map(\.health).max() ?? .ok }

  /// How a finding bears on a proof.
  public enum Health: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Nothing stands in the way of a proof.
    case ok
    /// It may, or something could not be found out.
    case doubtful
    /// A proof here comes to nothing.
    case wrong

    public static func < (left: Health, right: Health) -> Bool { left.severity < right.severity }

    private var severity: Int {
      switch self {
      case .ok: 0
      case .doubtful: 1
      case .wrong: 2
      }
    }
  }

  /// One thing that was looked at, and what was found.
  public enum Finding: Hashable, Sendable {
    // nix
    /// A Nix that can be used.
    case nix(version: String, program: String)
    /// There is none; why, and what to do.
    case noNix(String)

    // store
    /// The store that Nix works on, and who builds into it.
    case store(String, Builder)
    /// Its files cannot be read from here; why, and what to do.
    case storeUnreadable(String)

    // substitution
    /// Nix substitutes.
    case substitutes
    /// A setting says that it does not.
    case substitutesNot(origin: String?)
    /// No cache is configured.
    case noCaches

    // caches
    /// A cache, whether it can be used, and whether its signatures are trusted.
    case cache(SubstituterURL, Survey.Cache.State, Trust)

    // user
    /// Whether Nix's daemon trusts this user to name caches; `nil` where it does not say.
    case user(isTrusted: Bool?)

    // sandbox
    /// Nix's setting.
    case sandbox(SandboxSetting?)

    // writing
    /// Something that could write to a cache, and whether a proof counts that.
    case means(MeansOfWriting, MeansOfWriting.Standing)
    /// Nothing was found.
    case noMeans

    // network
    /// A proxy of the environment.
    case proxy(variable: String)
    /// A file of certificates that is named somewhere, and whether it is there.
    case certificates(file: String, isThere: Bool)

    // evidence
    /// A store of evidence, and how many records it has.
    case evidence(file: String, records: Int)
    /// There is none yet.
    case noEvidence(file: String)
    /// What is there cannot be used; why.
    case evidenceUnusable(String)

    // clock
    /// How far this clock is ahead of a cache's, in seconds.
    case clock(SubstituterURL, ahead: Int)

    // publisher
    /// A program that publishing needs, and where it is.
    case program(String, place: String?)
  }

  /// Who builds into a store.
  public enum Builder: String, Hashable, Sendable {
    /// A daemon.
    case daemon
    /// Nix itself, as this user.
    case thisUser = "this-user"
    /// Users of the group `build-users-group`.
    case buildUsers = "build-users"
  }

  /// Whether a cache's signatures are trusted, by some paths that it was asked for.
  public enum Trust: Hashable, Sendable {
    /// A trusted key signed one that it serves.
    case trusted(by: [String])
    /// It serves some, and no trusted key signed any of them.
    case untrusted(signers: [String])
    /// It was asked for none, or serves none of those.
    case unknown
  }

  /// How far two clocks may be apart, in seconds. A gate lets five minutes pass.
  public static let clockTolerance = 300
}

extension Checkup.Finding {
  /// What was looked at, by its stable name.
  public var subject: String {
    switch self {
    case .nix, .noNix: "nix"
    case .store, .storeUnreadable: "store"
    case .substitutes, .substitutesNot, .noCaches: "substitution"
    case .cache: "cache"
    case .user: "user"
    case .sandbox: "sandbox"
    case .means, .noMeans: "writing"
    case .proxy, .certificates: "network"
    case .evidence, .noEvidence, .evidenceUnusable: "evidence"
    case .clock: "clock"
    case .program: "publisher"
    }
  }

  /// How it bears on a proof.
  public var health: Checkup.Health {
    switch self {
    case .nix, .store, .substitutes, .noMeans, .proxy, .evidence, .noEvidence: .ok
    case .noNix, .storeUnreadable, .substitutesNot, .noCaches, .evidenceUnusable: .wrong
    case .cache(_, let state, let trust): health(state, trust)
    case .user(let isTrusted): isTrusted == true ? .ok : .doubtful
    case .sandbox(let setting): setting == .always ? .ok : .doubtful
    case .means(_, let standing):
      switch standing {
      case .decides: .wrong
      case .noted: .doubtful
      case .reads, .asserted: .ok
      }
    case .certificates(_, let isThere): isThere ? .ok : .doubtful
    case .clock(_, let ahead): abs(ahead) <= Checkup.clockTolerance ? .ok : .wrong
    case .program(_, let place): place == nil ? .doubtful : .ok
    }
  }

  private func health(_ state: Survey.Cache.State, _ trust: Checkup.Trust) -> Checkup.Health {
    switch state {
    case .open:
      switch trust {
      case .trusted: .ok
      case .untrusted: .wrong
      case .unknown: .doubtful
      }
    case .unknown: .doubtful
    case .unreachable, .failing, .unusable: .wrong
    }
  }
}
