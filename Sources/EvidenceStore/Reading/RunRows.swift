import GRDB
import NixModel

// The rows as they are stored: properties are named like columns. They are read column by column, since what
// `Decodable` makes for each of its types costs a command that reads one run more than the run.
// swift-format-ignore: AlwaysUseLowerCamelCase
struct StartRow: FetchableRecord {
  let id, started, warmth, host, boot, builds, allow_build, forbid_build, expect_from: String
  let pod, purpose: String?
  let fresh: Bool?
  let process: Int32
  let process_start: Int64

  init(row: Row) throws {
    id = try row.decode(forColumn: "id")
    started = try row.decode(forColumn: "started")
    warmth = try row.decode(forColumn: "warmth")
    host = try row.decode(forColumn: "host")
    pod = try row.decode(forColumn: "pod")
    purpose = try row.decode(forColumn: "purpose")
    fresh = try row.decode(forColumn: "fresh")
    process = try row.decode(forColumn: "process")
    process_start = try row.decode(forColumn: "process_start")
    boot = try row.decode(forColumn: "boot")
    builds = try row.decode(forColumn: "builds")
    allow_build = try row.decode(forColumn: "allow_build")
    forbid_build = try row.decode(forColumn: "forbid_build")
    expect_from = try row.decode(forColumn: "expect_from")
  }
}

struct OccasionRow: FetchableRecord {
  let repository, ref, branch, revision, pipeline, page: String?

  init(row: Row) throws {
    repository = try row.decode(forColumn: "repository")
    ref = try row.decode(forColumn: "ref")
    branch = try row.decode(forColumn: "branch")
    revision = try row.decode(forColumn: "revision")
    pipeline = try row.decode(forColumn: "pipeline")
    page = try row.decode(forColumn: "page")
  }
}

struct ShardRow: FetchableRecord {
  private let sweep, list: String
  private let index, shards, targets: Int

  /// What is wrong where there is no ``shard``.
  static let impossible = "it is a shard that there cannot be"

  /// What the row says; `nil` where there can be no such shard.
  var shard: Shard? {
    (try? SweepName(parsing: sweep)).flatMap { sweep in
      Shard(sweep: sweep, index: index, shards: shards, targets: targets, list: list)
    }
  }

  init(row: Row) throws {
    sweep = try row.decode(forColumn: "sweep")
    list = try row.decode(forColumn: "list")
    index = try row.decode(forColumn: "shard")
    shards = try row.decode(forColumn: "shards")
    targets = try row.decode(forColumn: "targets")
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
struct ConclusionRow: FetchableRecord {
  let finished, verdict: String
  let paths, substituted, built_locally, built_remotely, present_before: Int
  let download_bytes: Int64
  let memory_peak: Int64?
  let added_by_evaluation: Int?

  init(row: Row) throws {
    finished = try row.decode(forColumn: "finished")
    verdict = try row.decode(forColumn: "verdict")
    paths = try row.decode(forColumn: "paths")
    substituted = try row.decode(forColumn: "substituted")
    built_locally = try row.decode(forColumn: "built_locally")
    built_remotely = try row.decode(forColumn: "built_remotely")
    present_before = try row.decode(forColumn: "present_before")
    download_bytes = try row.decode(forColumn: "download_bytes")
    memory_peak = try row.decode(forColumn: "memory_peak")
    added_by_evaluation = try row.decode(forColumn: "added_by_evaluation")
  }
}

struct VerdictRow: FetchableRecord {
  let position: Int
  let installable, spec, verdict: String
  let derivation: String?

  init(row: Row) throws {
    position = try row.decode(forColumn: "position")
    installable = try row.decode(forColumn: "installable")
    spec = try row.decode(forColumn: "spec")
    verdict = try row.decode(forColumn: "verdict")
    derivation = try row.decode(forColumn: "derivation")
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
struct OutcomeRow: FetchableRecord {
  let target: Int
  let name, path, outcome, signed_by: String
  let origin: String?
  let nar_size: Int64?

  init(row: Row) throws {
    target = try row.decode(forColumn: "target")
    name = try row.decode(forColumn: "name")
    path = try row.decode(forColumn: "path")
    outcome = try row.decode(forColumn: "outcome")
    origin = try row.decode(forColumn: "origin")
    nar_size = try row.decode(forColumn: "nar_size")
    signed_by = try row.decode(forColumn: "signed_by")
  }
}

struct FoundRow: FetchableRecord {
  let target: Int
  let path, kind: String

  init(row: Row) throws {
    target = try row.decode(forColumn: "target")
    path = try row.decode(forColumn: "path")
    kind = try row.decode(forColumn: "kind")
  }
}

struct ReasonRow: FetchableRecord {
  let target: Int
  let code, bearing, fact: String

  init(row: Row) throws {
    target = try row.decode(forColumn: "target")
    code = try row.decode(forColumn: "code")
    bearing = try row.decode(forColumn: "bearing")
    fact = try row.decode(forColumn: "fact")
  }
}
