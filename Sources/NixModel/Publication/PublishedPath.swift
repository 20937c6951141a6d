/// A target of a publication.
public struct PublishedTarget: Hashable, Sendable {
  /// The installable as Nix was given it, without credentials.
  public let installable: String
  /// Its outcome.
  public let outcome: Outcome
  /// Its derivation, where it was evaluated.
  public let derivation: StorePath?
  /// Its outputs, as far as they are known.
  public let outputs: [Output]
  /// How long it took, in milliseconds, where it was tried.
  public let milliseconds: UInt64?
  /// Why it failed, if it did.
  public let failure: Failure?

  /// The outcome of a target.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// It was built.
    case built
    /// It was copied from a cache.
    case substituted
    /// It was there before.
    case alreadyValid = "already-valid"
    /// It could not be had.
    case failed
    /// It was not tried.
    case skipped
  }

  /// An output.
  public struct Output: Hashable, Sendable {
    /// `out`, `dev`, …
    public let name: String
    /// Its path.
    public let path: StorePath

    /// An output.
    public init(name: String, path: StorePath) {
      self.name = name
      self.path = path
    }
  }

  /// Why a target failed.
  public struct Failure: Hashable, Sendable {
    /// The cause, as far as there is evidence for it.
    public let kind: Kind
    /// The message about it.
    public let message: String

    /// A failure.
    public init(kind: Kind, message: String) {
      self.kind = kind
      self.message = message
    }

    /// The causes.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      /// A builder failed.
      case buildFailed = "build-failed"
      /// The kernel killed a process of the build for want of memory.
      case outOfMemory = "out-of-memory"
      /// There was no room left.
      case outOfDisk = "out-of-disk"
      /// Nix could not evaluate it.
      case evaluationFailed = "evaluation-failed"
      /// It took longer than was allowed.
      case timedOut = "timed-out"
      /// It was cut off.
      case interrupted
    }
  }

  /// A target.
  public init(
    installable: String, outcome: Outcome, derivation: StorePath?, outputs: [Output], milliseconds: UInt64?,
    failure: Failure?
  ) {
    self.installable = installable
    self.outcome = outcome
    self.derivation = derivation
    self.outputs = outputs
    self.milliseconds = milliseconds
    self.failure = failure
  }
}

/// A publication's record of one path.
public struct PublishedPath: Hashable, Sendable {
  /// The path.
  public let path: StorePath
  /// The need for it.
  public let role: Role
  /// How it came to the publisher's store.
  public let outcome: Outcome
  /// The outcome of publishing it.
  public let published: Published
  /// Whether the read side served it afterwards; `nil` where it was not asked.
  public let isServed: Bool?
  /// The address that served it: the read side, or an upstream.
  public let servedBy: SubstituterURL?
  /// The archive's size in bytes, where it is known.
  public let narSize: UInt64?

  /// The need for a path.
  public enum Role: String, Hashable, Sendable, CaseIterable {
    /// It is a target's output.
    case output
    /// An output refers to it.
    case runtime
    /// An output is built with it.
    case build
  }

  /// How a path comes to a store.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// It was built.
    case built
    /// It was copied from a cache.
    case substituted
    /// It was there before.
    case alreadyValid = "already-valid"
  }

  /// The outcome of publishing a path.
  public enum Published: String, Hashable, Sendable, CaseIterable {
    /// It was pushed.
    case pushed
    /// The cache had it.
    case alreadyThere = "already-there"
    /// The cache's filter left it out, since an upstream cache should have it.
    case filtered
    /// It could not be pushed.
    case failed
    /// It was not to be pushed.
    case notPushed = "not-pushed"
  }

  /// A record of a path.
  public init(
    path: StorePath, role: Role, outcome: Outcome, published: Published, isServed: Bool?,
    servedBy: SubstituterURL? = nil, narSize: UInt64?
  ) {
    self.path = path
    self.role = role
    self.outcome = outcome
    self.published = published
    self.isServed = isServed
    self.servedBy = servedBy
    self.narSize = narSize
  }
}

/// A fault of a publication.
public struct PublicationFault: Hashable, Sendable {
  /// The stable word for it.
  public let code: Code
  /// The path that it is about, if it is about one.
  public let path: StorePath?
  /// Whether the publication failed for it.
  public let isFatal: Bool
  /// The publisher's message.
  public let message: String

  /// A stable word for a fault. Later publishers may have words that are not known here.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// `push-failed`, `not-served`, …
    public let rawValue: String

    /// - Returns: `nil` where the word is not made of lower-case letters, digits and dashes, or is over 64 bytes.
    public init?(rawValue: String) {
      let isWord = rawValue.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
      }
      guard isWord, (1...64).contains(rawValue.utf8.count) else { return nil }
      self.rawValue = rawValue
    }

    /// A word of our own publisher's.
    public init(_ known: Known) { rawValue = known.rawValue }

    /// The words of our own publisher. docs/publisher.md says what each means.
    public enum Known: String, Hashable, Sendable, CaseIterable {
      /// A path was published, and readers find none.
      case notServed = "not-served"
      /// Readers find it, and refuse it: no key that they trust has signed it.
      case notSigned = "not-signed"
      /// Readers find a path of that name with another content.
      case otherContent = "other-content"
      /// Readers find its narinfo, and no archive.
      case archiveMissing = "archive-missing"
      /// The cache's filter left it out, and readers do not get it elsewhere.
      case upstreamFiltered = "upstream-filtered"
      /// A cache that readers use could not be asked.
      case readSideUnreachable = "read-side-unreachable"
      case pushFailed = "push-failed"
      case watchStoreDied = "watch-store-died"
      case buildFailed = "build-failed"
      case outOfMemory = "out-of-memory"
      case evaluationFailed = "evaluation-failed"
      case buildClosureUnknown = "build-closure-unknown"
      case clientMissing = "client-missing"
      case storeUnreadable = "store-unreadable"
      case scratchUnsafe = "scratch-unsafe"
      case logNotPublished = "log-not-published"
      case interrupted
    }
  }

  /// A fault.
  public init(code: Code, path: StorePath?, isFatal: Bool, message: String) {
    self.code = code
    self.path = path
    self.isFatal = isFatal
    self.message = message
  }
}
