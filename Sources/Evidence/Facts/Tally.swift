import NixModel

/// One cache's numbers in a concluded proof: a pure function of the proof's entries.
package struct Tally: Sendable {
  package let cache: String
  private var paths = 0
  private var bytes: UInt64 = 0
  private var download: UInt64 = 0
  private var milliseconds: Int?
  private var asked = 0
  private var offered = 0
  private var unreachable = 0
  private var failed = 0
  private var refused = 0
  private var invalid = 0
  private var untrusted = 0
  private var missing = 0
  private var corrupt = 0

  package static let columns = [
    "paths", "bytes", "download", "milliseconds", "asked", "offered", "unreachable", "failed", "refused",
    "invalid", "untrusted", "missing", "corrupt",
  ]

  private init(cache: String) { self.cache = cache }

  /// A value for each of ``columns``.
  package var cells: [Cell] {
    func number(_ value: some BinaryInteger) -> Cell {
      // Capped, because a sum over many tallies must still fit an integer.
      .number(min(Int64(clamping: value), 9_000_000_000_000_000))
    }
    return [
      number(paths), number(bytes), number(download), milliseconds.map(number) ?? .null, number(asked),
      number(offered), number(unreachable), number(failed), number(refused), number(invalid),
      number(untrusted), number(missing), number(corrupt),
    ]
  }

  /// The kinds of entries that a tally is made of, except for its time. Proofs of the same targets often
  /// share them.
  package static let sources: Set<EntryKind> = [.caches, .offers, .registrations, .outcomes, .verdicts]

  /// The tallies of a concluded proof, sorted by the names of caches and without times.
  ///
  /// - Parameter contents: the proof's entries of the kinds in ``sources``.
  package static func tallies(of contents: Contents) throws -> [Tally] {
    var tallies = Tallies()
    try tallies.add(contents)
    return tallies.all
  }

  /// The tallies with the time that copying from each cache took, in milliseconds.
  package static func adding(_ copying: [String: Int], to tallies: [Tally]) -> [Tally] {
    var found = Dictionary(tallies.map { ($0.cache, $0) }) { first, _ in first }
    for (cache, time) in copying {
      found[cache, default: Tally(cache: cache)].milliseconds = time
    }
    return found.keys.sorted().compactMap { found[$0] }
  }

  private struct Fault: Hashable {
    let cache: String
    let path: String
    let isCorrupt: Bool
  }

  private struct Tallies {
    private var found: [String: Tally] = [:]
    private var faults: Set<Fault> = []

    var all: [Tally] { found.keys.sorted().compactMap { found[$0] } }

    private subscript(cache: String) -> Tally {
      get { found[cache] ?? Tally(cache: cache) }
      set { found[cache] = newValue }
    }

    mutating func add(_ contents: Contents) throws {
      let offers = try addOffers(contents)
      for item in try contents.items(.caches) {
        let cache = try item.text("cache")
        self[cache].unreachable += item["unreachable"] == nil ? 0 : 1
        self[cache].failed += item["failing"] == nil && item["unusable"] == nil ? 0 : 1
      }
      var sizes: [String: UInt64] = [:]
      for item in try contents.items(.registrations) {
        if let path = try item.text(ifAny: "path") { sizes[path] = try item.number(ifAny: "narSize") }
      }
      for item in try contents.items(.outcomes) where try item.text("outcome") == "substituted" {
        let (path, cache) = (try item.text("path"), try item.text("origin"))
        let offer = offers[path]?[cache]
        self[cache].paths += 1
        self[cache].bytes.add(saturating: sizes[path] ?? offer?.narSize ?? 0)
        self[cache].download.add(saturating: offer?.fileSize ?? 0)
      }
      try addReasons(contents)
      for fault in faults {
        if fault.isCorrupt { self[fault.cache].corrupt += 1 } else { self[fault.cache].missing += 1 }
      }
    }

    private struct Sizes {
      let narSize: UInt64?
      let fileSize: UInt64?
    }

    /// - Returns: the sizes that caches state, by path and cache.
    private mutating func addOffers(_ contents: Contents) throws -> [String: [String: Sizes]] {
      var sizes: [String: [String: Sizes]] = [:]
      for item in try contents.items(.offers) {
        let path = try item.text("path")
        for answer in try item.items("answers") {
          let cache = try answer.text("cache")
          sizes[path, default: [:]][cache] = Sizes(
            narSize: try answer.number(ifAny: "narSize"), fileSize: try answer.number(ifAny: "fileSize"))
          var tally = self[cache]
          tally.add(try answer.text("answer"), archive: try answer.text(ifAny: "archive"), answer)
          self[cache] = tally
          if try answer.text(ifAny: "archive") == "missing" {
            faults.insert(Fault(cache: cache, path: path, isCorrupt: false))
          }
        }
      }
      return sizes
    }

    private mutating func addReasons(_ contents: Contents) throws {
      for target in try contents.items(.verdicts) {
        for reason in try target.items("reasons") {
          guard case .object(let fact) = try reason.json("fact"), let (name, value) = fact.first,
            name == "narMissing" || name == "narCorrupt"
          else { continue }
          let stated = try Item(value)
          guard let cache = try stated.text(ifAny: "cache") else { continue }
          faults.insert(
            Fault(
              cache: cache, path: try stated.text(ifAny: "path") ?? "", isCorrupt: name == "narCorrupt"))
        }
      }
    }
  }

  private mutating func add(_ answer: String, archive: String?, _ item: Item) {
    asked += 1
    switch answer {
    case "offered": offered += 1
    case "refused": refused += 1
    case "invalid": invalid += 1
    case "untrusted": untrusted += 1
    case "failed" where item["unreachable"] != nil: unreachable += 1
    case "failed": failed += 1
    default: break
    }
    switch archive {
    case "failed": failed += 1
    case "refused": refused += 1
    default: break
    }
  }
}
