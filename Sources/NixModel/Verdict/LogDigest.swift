/// A log's events by their subjects.
struct LogDigest {
  /// A copy that began.
  struct Copy {
    let from: String
    let line: Int
  }

  /// A complaint and where it stands.
  struct Noted {
    let complaint: Complaint
    let line: Int
  }

  /// Every genuine substitution of a path, in order.
  private(set) var copies: [StorePath: [Copy]] = [:]
  /// Where each derivation's first build on this machine began. A build of the resolved derivation counts as
  /// a build of the original one.
  private(set) var localBuilds: [StorePath: Int] = [:]
  /// Where each derivation's first build on another machine began.
  private(set) var remoteBuilds: [StorePath: (machine: String, line: Int)] = [:]
  /// Nix's complaints, in order.
  private(set) var complaints: [Noted] = []
  /// Those that an archive is not there or could not be downloaded, by the last part of the archive's address.
  private var undelivered: [Substring: [Noted]] = [:]
  /// Those that an archive is corrupt.
  private var corrupt: [Noted] = []
  /// The builds after which a post-build hook ran.
  private(set) var hooks: [(derivation: StorePath, line: Int)] = []

  /// The original derivations of each resolved derivation.
  private var originals: [StorePath: [StorePath]] = [:]
  /// Where the last build of each derivation, as Nix named it, ended.
  private var ends: [StorePath: Int] = [:]
  private var failed: Set<StorePath> = []

  /// - Parameters:
  ///   - log: the testimony of Nix's log.
  ///   - graph: the derivations that the targets are made of.
  init(_ log: LogTestimony, _ graph: DerivationGraph) {
    for event in log.events {
      switch event.kind {
      case .copyStarted(let path, let from):
        copies[path, default: []].append(Copy(from: from, line: event.line))
      case .buildStarted(let derivation):
        for one in asWritten(derivation) where localBuilds[one] == nil { localBuilds[one] = event.line }
      case .buildStartedRemotely(let derivation, let machine):
        for one in asWritten(derivation) where remoteBuilds[one] == nil {
          remoteBuilds[one] = (machine, event.line)
        }
      case .complaint(let complaint):
        note(Noted(complaint: complaint, line: event.line))
      case .buildStopped(let derivation): ends[derivation] = event.line
      case .resolved(let derivation, let resolved):
        // Evaluated code can write such a record, to have another blamed for a build: it is followed only after
        // evaluation, to a derivation of the same name, which the policy takes for the same, and which no target is
        // made of.
        if event.line > log.evaluationLines, derivation.name == resolved.name,
          graph.derivations[resolved] == nil
        {
          originals[resolved, default: []].append(derivation)
        }
      case .postBuildHook(let derivation): hooks.append((derivation, event.line))
      case .copyStopped, .transferred, .progress, .builderSaid:
        break
      }
    }
  }

  private mutating func note(_ noted: Noted) {
    complaints.append(noted)
    switch noted.complaint.subject {
    case .buildFailed(let derivation): failed.insert(derivation)
    case .narMissing(let file, _): undelivered[Self.lastPart(of: file), default: []].append(noted)
    case .downloadFailed(let url, _): undelivered[Self.lastPart(of: url), default: []].append(noted)
    case .narCorrupt: corrupt.append(noted)
    case .signatureUntrusted, .substituterDistrusted, .notATrustedUser, .substitutionDisabled, .cacheDropped,
      .narinfoInvalid, .error, .warning:
      break
    }
  }

  /// Whether anything was said of an archive that did not arrive.
  var speaksOfArchives: Bool { !undelivered.isEmpty || !corrupt.isEmpty }

  /// The derivations that `derivation` was resolved from, or itself.
  private func asWritten(_ derivation: StorePath) -> [StorePath] { originals[derivation] ?? [derivation] }

  /// The derivations whose build was finished, here and on other machines: it ended before `line`, and did
  /// not fail. Each is there once, under its original name.
  func finishedBuilds(before line: Int = .max) -> (here: Set<StorePath>, elsewhere: Set<StorePath>) {
    let all = ends.filter { $0.value < line && !failed.contains($0.key) }.keys
      .compactMap { asWritten($0).first }
    return (
      Set(all.filter { localBuilds[$0] != nil }), Set(all.filter { localBuilds[$0] == nil })
    )
  }

  /// Every derivation that was built anywhere, with the line of its first build.
  var builds: [(derivation: StorePath, line: Int)] {
    var lines = localBuilds
    for (derivation, build) in remoteBuilds { lines[derivation] = min(lines[derivation] ?? .max, build.line) }
    return lines.sorted { $0.value < $1.value }.map { ($0.key, $0.value) }
  }

  /// Where Nix said, after the last copy of the path began, that the archive behind `narinfo` is not there.
  /// A later copy is another try, from another cache.
  func narMissing(_ narinfo: Narinfo) -> (file: String, line: Int)? {
    for noted in undelivered[Self.lastPart(of: narinfo.url)]?.reversed() ?? [] {
      guard case .narMissing(let file, _) = noted.complaint.subject, Self.names(file, narinfo.url) else {
        continue
      }
      if let last = copies[narinfo.path]?.last, last.line > noted.line { return nil }
      return (file, noted.line)
    }
    return nil
  }

  /// Where a download of the archive behind `narinfo` failed.
  func downloadFailed(_ narinfo: Narinfo) -> (status: Int?, text: String, line: Int)? {
    for noted in undelivered[Self.lastPart(of: narinfo.url)]?.reversed() ?? [] {
      guard case .downloadFailed(let url, let status) = noted.complaint.subject,
        Self.names(url, narinfo.url)
      else { continue }
      if let last = copies[narinfo.path]?.last, last.line > noted.line { return nil }
      return (status, noted.complaint.text, noted.line)
    }
    return nil
  }

  /// Where Nix said that the archive of `path` is corrupt; a message that names no path is taken for any
  /// path whose copy began before it.
  func narCorrupt(_ path: StorePath) -> (text: String, line: Int)? {
    guard let last = copies[path]?.last else { return nil }
    for noted in corrupt.reversed() where noted.line > last.line {
      if case .narCorrupt(let named) = noted.complaint.subject, named == nil || named == path {
        return (noted.complaint.text, noted.line)
      }
    }
    return nil
  }

  /// The error that a person should read: usually the last of the log. Over a full disk Nix goes on to
  /// suspect the network.
  var lastError: Noted? {
    if let full = complaints.last(where: { Complaint.speaksOfFullDisk($0.complaint.text) }) { return full }
    // What a builder said last tells more than the failures that follow from it.
    if let built = complaints.last(where: { $0.complaint.quotesBuilder }) { return built }
    return complaints.last {
      switch $0.complaint.subject {
      case .error, .buildFailed, .narCorrupt, .narinfoInvalid, .downloadFailed, .narMissing: true
      case .signatureUntrusted, .cacheDropped, .substituterDistrusted, .notATrustedUser,
        .substitutionDisabled, .warning:
        false
      }
    }
  }

  /// The last part of a file's name or an address, which is the same for all that name one archive.
  private static func lastPart(of name: String) -> Substring {
    let name = name.prefix { $0 != "?" }
    return name.utf8.lastIndex(of: UInt8(ascii: "/")).map { Substring(name.utf8[$0...].dropFirst()) } ?? name
  }

  /// Whether `named`, a file or an address in a message, is the archive at `url`.
  private static func names(_ named: String, _ url: String) -> Bool {
    let url = url.prefix { $0 != "?" }
    let named = named.prefix { $0 != "?" }
    return named == url || named.hasSuffix("/" + url)
  }
}
