import NixModel

/// The results of the copies and builds in a log, because a copy that began need not have arrived.
///
/// Nix says "copying path …" and then, in another line, that the archive is not there or is another one. A message names
/// the path, or the archive's address (which the download before it tied to a path), or neither. In the last case it
/// means the copy that was last at work, and Nix's next step tells more: it tries again, it builds the path, or it gives
/// up by name.
struct Arrivals: Sendable {
  /// How many messages, addresses and names are kept, which only explain.
  static let limit = 1000

  private var copies: [StorePath: Copy] = [:]
  /// The copies that began last, or, among records, that ended last: the newest at the end.
  private var recent: [StorePath] = []
  /// The addresses of the latest downloads, and of archives that failed.
  private var archives: [(address: String, path: StorePath)] = []
  private var pending: [Pending] = []

  private(set) var builds: [StorePath: Build] = [:]
  private var resolved: [StorePath: StorePath] = [:]
  private var builtElsewhere: Set<Substring> = []

  private(set) var failures: [Failure] = []
  private var told: [String: Int] = [:]
  /// How many different messages were not kept.
  private(set) var furtherFailures = 0

  struct Build {
    let machine: String?
    let line: Int
  }

  struct Failure {
    var path: StorePath?
    let message: String
    let line: Int
  }

  private struct Copy {
    var from: String
    var line: Int
    /// Where the latest attempt began.
    var lastLine: Int
    var state: State
    /// Whether an attempt before this one is known to have come to its end.
    var hasArrived = false
    /// Whether the address of its archive is known.
    var hasArchive = false

    enum State {
      case underWay, ended, failed
    }
  }

  /// A failure of which it is not known yet which copy it was.
  private struct Pending {
    let archive: String?
    let failure: Int?
  }

  /// A failure of a copy that is not in this channel: a logger may put another prefix before failures.
  struct Orphan {
    /// The path, or else the address of the archive, or of anything in the cache.
    let path: StorePath?
    let archive: String?
    let failure: Int?
    let line: Int
  }

  private(set) var orphans: [Orphan] = []

  // MARK: Copies

  /// - Parameter isRecord: whether the log tells of a copy's end as well.
  mutating func begin(_ path: StorePath, from: String, line: Int, isRecord: Bool) {
    guard var copy = copies[path] else {
      copies[path] = Copy(from: from, line: line, lastLine: line, state: isRecord ? .underWay : .ended)
      note(path)
      return
    }
    // Nix does not copy a path again that arrived. So the copy before this one failed.
    if copy.state == .ended, !pending.isEmpty, copy.from == from { settle(path) }
    copy = copies[path] ?? copy
    if copy.state == .ended { copy.hasArrived = true }
    if !copy.hasArrived { (copy.from, copy.line) = (from, line) }
    copy.lastLine = line
    copy.state = isRecord ? .underWay : .ended
    copy.hasArchive = false
    copies[path] = copy
    note(path)
  }

  mutating func end(_ path: StorePath) {
    guard copies[path]?.state == .underWay else { return }
    copies[path]?.state = .ended
    note(path)
  }

  /// Notes that `address` is downloaded: for `path`, or, where the log does not say for which, for the first of
  /// the latest copies from there of which nothing is downloaded yet.
  mutating func download(_ address: String, for path: StorePath?) {
    guard !address.hasSuffix(".narinfo"), !address.hasSuffix("/nix-cache-info") else { return }
    let waiting = recent.suffix(16).first { path in
      copies[path].map { !$0.hasArchive && address.hasPrefix($0.from) } ?? false
    }
    guard let path = path ?? waiting else { return }
    know(address, path)
    copies[path]?.hasArchive = true
  }

  private mutating func know(_ address: String, _ path: StorePath) {
    guard address.utf8.count < OpenActivities.longestAddress else { return }
    if archives.count == Self.limit { archives.removeFirst(Self.limit / 2) }
    archives.append((address, path))
  }

  private mutating func note(_ path: StorePath) {
    if recent.last == path { return }
    if recent.count == Self.limit { recent.removeFirst(Self.limit / 2) }
    recent.append(path)
  }

  // MARK: Failures

  mutating func complain(_ complaint: Complaint, line: Int) {
    let path = subject(of: complaint)
    let failure = tell(complaint, about: path, line: line)
    switch complaint.subject {
    case .narMissing(let file, let cache):
      fail(archive: cache.map { $0 + "/" + file } ?? file, isAddress: cache != nil, failure, line)
    case .downloadFailed(let address, _):
      if !address.hasSuffix(".narinfo") { fail(archive: address, isAddress: true, failure, line) }
    case .narCorrupt(nil): fail(archive: nil, isAddress: false, failure, line)
    // Without a cache, it is the store that refuses a copied path.
    case .narCorrupt(let path?), .signatureUntrusted(let path, nil):
      if copies[path] == nil { leave(Orphan(path: path, archive: nil, failure: failure, line: line)) }
      copies[path]?.state = .failed
    case .buildFailed(let derivation): settle(outputOf: derivation)
    case .error where path != nil:
      guard let path else { break }
      if path.isDerivation { settle(outputOf: path) } else { settle(path) }
    default: break
    }
  }

  private func subject(of complaint: Complaint) -> StorePath? {
    switch complaint.subject {
    case .narCorrupt(let path?), .signatureUntrusted(let path, _), .buildFailed(let path): path
    case .error: complaint.text.quoted(after: "").flatMap { KnownStores.any.path($0) }
    default: nil
    }
  }

  /// Keeps a message once, however often it is repeated.
  private mutating func tell(_ complaint: Complaint, about path: StorePath?, line: Int) -> Int? {
    if let index = told[complaint.text] { return index }
    guard failures.count < Self.limit else {
      furtherFailures += 1
      return nil
    }
    told[complaint.text] = failures.count
    failures.append(Failure(path: path, message: complaint.text, line: line))
    return failures.count - 1
  }

  private mutating func leave(_ orphan: Orphan) {
    let isKnown = orphan.archive != nil && orphans.contains { $0.archive == orphan.archive }
    if !isKnown, orphans.count < Self.limit { orphans.append(orphan) }
  }

  private mutating func fail(archive: String?, isAddress: Bool, _ failure: Int?, _ line: Int) {
    if let archive, let known = archives.last(where: { $0.address == archive }) {
      return fail(known.path, failure)
    }
    let address = isAddress ? archive : nil
    let candidates = recent.suffix(64).filter { isCandidate($0, address) }
    // Among records the message follows the end of the copy that it is about.
    if let path = candidates.last, Set(candidates).count == 1 || copies[path]?.state == .ended && isOfRecords
    {
      if let archive { know(archive, path) }
      return fail(path, failure)
    }
    if candidates.isEmpty {
      leave(Orphan(path: nil, archive: address, failure: failure, line: line))
    } else if pending.count < Self.limit,
      archive == nil || !pending.contains(where: { $0.archive == archive })
    {
      pending.append(Pending(archive: archive, failure: failure))
    }
  }

  /// Whether the log is one of records.
  var isOfRecords = false

  private func isCandidate(_ path: StorePath, _ address: String?) -> Bool {
    guard let copy = copies[path], copy.state == .ended, !copy.hasArrived else { return false }
    return address.map { $0.hasPrefix(copy.from) } ?? true
  }

  private mutating func fail(_ path: StorePath, _ failure: Int?) {
    copies[path]?.state = .failed
    if let failure, failures[failure].path == nil { failures[failure].path = path }
  }

  /// Takes the oldest failure of unknown path to be that of `path`.
  private mutating func settle(_ path: StorePath) {
    guard let oldest = pending.first, copies[path]?.state == .ended else { return }
    pending.removeFirst()
    if let archive = oldest.archive { know(archive, path) }
    fail(path, oldest.failure)
  }

  private mutating func settle(outputOf derivation: StorePath) {
    guard !pending.isEmpty else { return }
    let name = derivation.derivationName
    let outputs = recent.suffix(64).filter { copies[$0]?.state == .ended && Self.isOutput($0, of: name) }
    if let path = outputs.last { settle(path) }
  }

  private static func isOutput(_ path: StorePath, of name: Substring) -> Bool {
    path.name == name || path.name.hasPrefix(name) && path.name.dropFirst(name.count).first == "-"
  }

  // MARK: Builds

  mutating func build(_ derivation: StorePath, on machine: String?, line: Int) {
    settle(outputOf: derivation)
    if machine != nil, builtElsewhere.count < OpenActivities.limit {
      builtElsewhere.insert(derivation.derivationName)
    }
    let built = resolved[derivation] ?? derivation
    if builds[built] == nil { builds[built] = Build(machine: machine, line: line) }
  }

  /// A derivation and the one that it was resolved to are one build.
  mutating func resolve(_ derivation: StorePath, to other: StorePath) {
    guard resolved.count < OpenActivities.limit * 4, derivation != other else { return }
    // Whichever of them is said to be built, it is the same.
    resolved[derivation] = other
    if let build = builds.removeValue(forKey: derivation), builds[other] == nil { builds[other] = build }
  }

  /// Whether a path that comes over ssh is the result of a build on another machine. From other stores of that kind it is
  /// a substitution.
  func isResult(_ path: StorePath, from source: String) -> Bool {
    guard source.hasPrefix("ssh://") || source.hasPrefix("ssh-ng://"), !builtElsewhere.isEmpty else {
      return false
    }
    let name = path.name
    if builtElsewhere.contains(name) { return true }
    return name.indices.contains { name[$0] == "-" && builtElsewhere.contains(name[..<$0]) }
  }

  // MARK: The end

  struct Arrival {
    let path: StorePath
    let from: String
    let line: Int
    let lastLine: Int
    var hasArrived: Bool
  }

  /// The copies, and which of them arrived; once it is finished.
  private(set) var arrivals: [Arrival] = []

  mutating func finish() {
    while let oldest = pending.first {
      pending.removeFirst()
      let address = oldest.archive.flatMap { $0.holds("://") ? $0 : nil }
      guard let path = recent.last(where: { isCandidate($0, address) }) else { continue }
      fail(path, oldest.failure)
    }
    arrivals = copies.map { path, copy in
      Arrival(
        path: path, from: copy.from, line: copy.line, lastLine: copy.lastLine,
        hasArrived: copy.hasArrived || copy.state == .ended)
    }
    copies = [:]
  }
}
