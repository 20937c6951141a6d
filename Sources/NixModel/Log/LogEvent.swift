/// Something that Nix's log testifies to, with the line that says so.
public struct LogEvent: Hashable, Sendable {
  /// Counted from 1, over every line of the stream, whether or not it is Nix's.
  public let line: Int
  /// The event.
  public let kind: Kind

  /// An event at a line.
  public init(line: Int, kind: Kind) {
    self.line = line
    self.kind = kind
  }

  /// The events that a log can testify to.
  public enum Kind: Hashable, Sendable {
    /// Nix began to copy `path` into this store from a substituter (redacted URL `from`). A beginning
    /// only: Nix logs the same where the NAR is missing or corrupt.
    case copyStarted(path: StorePath, from: String)
    /// The copy of `path` from `from` ended, well or not: Nix does not say which.
    case copyStopped(path: StorePath, from: String)
    /// A path moved between stores in a way that is no substitution: to or from a remote builder, or
    /// by a remote builder on its own behalf.
    case transferred(path: StorePath, from: String, to: String)
    /// A build of `derivation` began, on this machine.
    case buildStarted(derivation: StorePath)
    /// A build of `derivation` began on the remote builder `machine` (redacted store URI).
    case buildStartedRemotely(derivation: StorePath, machine: String)
    /// A build that began has ended, well or not.
    case buildStopped(derivation: StorePath)
    /// `derivation` turned out to be the same as `resolved` once its inputs were known
    /// (content-addressed derivations).
    case resolved(derivation: StorePath, to: StorePath)
    /// A post-build hook ran for `derivation`: something that may publish.
    case postBuildHook(derivation: StorePath)
    /// Nix said something that explains a failure. Builders can forge these: they may make a verdict
    /// colder, never warmer.
    case complaint(Complaint)
    /// NAR bytes of `path` that have arrived, of `expected` (0 where unknown): for each hundredth of them. Only
    /// where asked for.
    case progress(path: StorePath, done: UInt64, expected: UInt64)
    /// A line that the builder of `derivation` printed, without escapes and credentials. Only where asked for: it is for a
    /// person who looks on, and is evidence of nothing.
    case builderSaid(derivation: StorePath, line: String)
  }
}

/// A message of Nix that explains why something was not copied, or an error that ends the run.
///
/// The texts, with the versions that print them, are listed beside the code that recognizes them
/// (`NixLog/Complaints.swift`).
public struct Complaint: Hashable, Sendable {
  /// The meaning of the message.
  public let subject: Subject
  /// The message, without escapes and credentials, cut at 2,000 Unicode scalars, or at 8,000 where a build
  /// failed.
  public let text: String

  /// A message and its meaning.
  public init(subject: Subject, text: String) {
    self.subject = subject
    self.text = text
  }

  /// Whether a message says that a disk is full: the system's words ("writing to file: No space left on
  /// device" ≤ 2.26, "write of 4096 bytes: …" since), or those of SQLite about the store's database.
  public static func speaksOfFullDisk(_ text: String) -> Bool {
    text.contains("No space left on device") || text.contains("database or disk is full")
  }

  /// Whether it is about a failed build, and has the last lines of the builder's log: "last N log lines:" (≤ 2.28), "Last N
  /// log lines:" (since).
  var quotesBuilder: Bool {
    if case .buildFailed = subject { text.contains(" log lines:") } else { false }
  }

  /// The subject of a complaint.
  public enum Subject: Hashable, Sendable, Codable {
    /// The cache has a narinfo and no NAR for it. `file` is the NAR's address below the cache, which is
    /// `nil` where Nix does not name it (caches in files).
    case narMissing(file: String, cache: String?)
    /// The NAR's content differs from the narinfo's promise; `path` where the message names it.
    case narCorrupt(path: StorePath?)
    /// No trusted key signed the path.
    case signatureUntrusted(path: StorePath, cache: String?)
    /// The narinfo could not be used: corrupt, or for another path.
    case narinfoInvalid(file: String)
    /// A download failed; `status` is the HTTP status where there was one.
    case downloadFailed(url: String, status: Int?)
    /// A cache is not used at all: unreachable, not a cache, for another store directory, disabled.
    case cacheDropped(url: String)
    /// A substituter is ignored because the daemon does not trust this user.
    case substituterDistrusted(url: String)
    /// A setting is ignored because the daemon does not trust this user.
    case notATrustedUser
    /// Nix switched substitution off: there is no network, or a setting says so.
    case substitutionDisabled
    /// A derivation's builder failed, or could not be started.
    case buildFailed(derivation: StorePath)
    /// Any other message at level error.
    case error
    /// Any other message at level warning.
    case warning
  }
}

extension Complaint.Subject {
  /// Whether it says that a cache was not asked, or did not answer.
  public var isAboutReachingACache: Bool {
    switch self {
    case .downloadFailed, .cacheDropped, .substituterDistrusted, .substitutionDisabled: true
    case .narMissing, .narCorrupt, .signatureUntrusted, .narinfoInvalid, .notATrustedUser, .buildFailed,
      .error, .warning:
      false
    }
  }

  /// The same without credentials, which Nix prints as part of addresses.
  public var redacted: Complaint.Subject {
    switch self {
    case .narMissing(let file, let cache):
      .narMissing(file: Redaction.redact(file), cache: cache.map(Redaction.redact))
    case .signatureUntrusted(let path, let cache):
      .signatureUntrusted(path: path, cache: cache.map(Redaction.redact))
    case .narinfoInvalid(let file): .narinfoInvalid(file: Redaction.redact(file))
    case .downloadFailed(let url, let status): .downloadFailed(url: Redaction.redact(url), status: status)
    case .cacheDropped(let url): .cacheDropped(url: Redaction.redact(url))
    case .substituterDistrusted(let url): .substituterDistrusted(url: Redaction.redact(url))
    case .narCorrupt, .notATrustedUser, .substitutionDisabled, .buildFailed, .error, .warning: self
    }
  }
}
