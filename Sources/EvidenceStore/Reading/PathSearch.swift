import Evidence
import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// The paths of the proofs and publications that fit `filter`, the latest first. Paths in the filter narrow
  /// the answer to them, and caches narrow it to paths that came from them. A filter with targets, verdicts,
  /// reasons or caches finds proofs alone. A publication that cannot be read is left out.
  ///
  /// - Throws: ``EvidenceError``.
  public func paths(matching filter: RunFilter, limit: Int) throws(EvidenceError) -> [PathRecord] {
    try read { db in
      let isOfProofs =
        !(filter.targets.isEmpty && filter.verdicts.isEmpty && filter.reasons.isEmpty
        && filter.origins.isEmpty)
      let search = PathSearch(
        runs: try RunSearch(db: db, filter: filter, for: isOfProofs ? .proofs : .anything))
      let library = try Library(db)
      let reader = PathReader(store: self, library: library)
      return try search.places(limit: limit, reader).compactMap { place in
        try reader.record(of: place)
      }
    }
  }
}

/// Reads records about paths. It remembers the last run, because a list has many paths of each.
final class PathReader {
  let store: EvidenceStore
  let library: Library
  private var last: (run: Int64, paths: ProvedPaths)?

  init(store: EvidenceStore, library: Library) {
    self.store = store
    self.library = library
  }

  /// - Returns: `nil` where a publication cannot be read, because that must not hide other records.
  fileprivate func record(of place: PathSearch.Place) throws -> PathRecord? {
    guard
      let text = try String.fetchOne(
        library.db.cachedStatement(sql: "SELECT value FROM text WHERE id = ?"), arguments: [place.path])
    else { return nil }
    guard try library.kind(of: place.run) == .proof else {
      return try publication(place.run, of: StorePath(parsing: text)).map { PathRecord($0) }
    }
    return try store.reading(place.run, library) {
      let known = last?.run == place.run ? last?.paths : nil
      let paths =
        try known
        ?? ProvedPaths(
          library.contents(of: place.run, .proof, .outcomes, .verdicts, .registrations, .offers))
      last = (place.run, paths)
      return try paths.record(of: text)
    }
  }

  /// What a proof recorded of its paths, by their names.
  private struct ProvedPaths {
    private let id: RunID
    private let started: Date
    private var outcomes: [String: Item] = [:]
    private var registrations: [String: Item] = [:]
    private var offers: [String: Item] = [:]

    init(_ contents: Contents) throws {
      let own = try contents.item(.proof)
      id = RunID(try own.text("id"))
      started = try own.instant("started")
      func note(_ items: [Item], in all: inout [String: Item]) throws {
        for item in items {
          if let path = try item.text(ifAny: "path"), all[path] == nil { all[path] = item }
        }
      }
      try note(contents.items(.outcomes), in: &outcomes)
      for verdict in try contents.items(.verdicts) { try note(verdict.items("outputs"), in: &outcomes) }
      try note(contents.items(.registrations), in: &registrations)
      try note(contents.items(.offers), in: &offers)
    }

    func record(of name: String) throws -> PathRecord {
      let registered: UInt64? = try registrations[name]?.number(ifAny: "narSize")
      let offered: UInt64? = try offers[name]?.items("answers")
        .first { try $0.text("answer") == "offered" }?.number("narSize")
      return PathRecord(
        path: try StorePath(parsing: name), outcome: try outcomes[name]?.outcome(),
        narSize: registered ?? offered, run: id, started: started)
    }
  }

  /// A publication's record of a path; `nil` where it has none, or cannot be read.
  func publication(_ seq: Int64, of path: StorePath) throws -> PathPublication? {
    do {
      let contents = try library.contents(of: seq, .publication, .occasion, .published, .paths)
      let publication = try contents.publication(about: path)
      if let published = publication.paths.first {
        return PathPublication(path, .path(published), in: publication.head)
      }
      let target = publication.targets.first { $0.outputs.contains { $0.path == path } }
      return target.map { PathPublication(path, .output($0.outcome), in: publication.head) }
    } catch let error as DatabaseError { throw error } catch { return nil }
  }

  /// The ids of a record's paths, in order; with `origins`, of those that came from one of these caches.
  fileprivate func paths(in seq: Int64, from origins: Set<String>?) throws -> [Int64] {
    let contents = try library.contents(
      of: seq, .presence, .offers, .outcomes, .verdicts, .targets, .paths, .published)
    var paths: Set<String> = []
    func add(_ items: [Item], if isWanted: (Item) throws -> Bool = { _ in true }) throws {
      for item in items where try isWanted(item) {
        if let path = try item.text(ifAny: "path") { paths.insert(path) }
      }
    }
    func cameFrom(_ item: Item) throws -> Bool {
      guard let origins else { return true }
      return try item.text(ifAny: "outcome") == "substituted"
        && item.text(ifAny: "origin").map(origins.contains) == true
    }
    if origins == nil {
      try add(contents.items(.presence) + contents.items(.offers) + contents.items(.paths))
      for kind in [EntryKind.targets, .published] {
        for item in try contents.items(kind) { try add(item.items("outputs")) }
      }
    }
    try add(contents.items(.outcomes), if: cameFrom)
    for item in try contents.items(.verdicts) { try add(item.items("outputs"), if: cameFrom) }
    let id = try library.db.cachedStatement(sql: "SELECT id FROM text WHERE value = ?")
    return try paths.compactMap { try Int64.fetchOne(id, arguments: [$0]) }.sorted()
  }
}

/// Finds the paths of runs.
private struct PathSearch {
  /// A run and a path of it.
  struct Place: Hashable {
    let run: Int64
    let path: Int64
  }

  let runs: RunSearch
  private var db: Database { runs.db }

  init(runs: RunSearch) { self.runs = runs }

  func places(limit: Int, _ reader: PathReader) throws -> [Place] {
    runs.filter.paths.isEmpty ? try placesByRun(limit: limit, reader) : try placesByPath(limit: limit)
  }

  private func placesByPath(limit: Int) throws -> [Place] {
    let tests = try runs.conditionsOfRuns().map(\.test) + [try cameFrom()].compactMap { $0 }
    return try runs.latest(try runs.saidOfPaths(), where: tests, by: { $0 }, limit: limit)
      .map { Place(run: $0.run, path: $0.path) }
  }

  /// Takes more runs until there are enough paths, because a run can be without any.
  private func placesByRun(limit: Int, _ reader: PathReader) throws -> [Place] {
    let origins = runs.filter.origins.isEmpty ? nil : Set(runs.filter.origins.map(\.canonical))
    var wanted = max(1, limit / 10)
    while true {
      let hits = try runs.runs(limit: wanted)
      var found: [Place] = []
      for hit in hits where found.count < limit {
        found += try reader.store.reading(hit.run, reader.library) {
          try reader.paths(in: hit.run, from: origins).map { Place(run: hit.run, path: $0) }
            .filter { runs.isBehind(run: $0.run, path: $0.path) }
        }
      }
      if found.count >= limit || hits.count < wanted { return Array(found.prefix(limit)) }
      wanted *= 4
    }
  }

  /// A test in SQL whether the path of `c` came from one of the filter's caches.
  private func cameFrom() throws -> String? {
    guard !runs.filter.origins.isEmpty else { return nil }
    let origins = try runs.words(runs.filter.origins.map(\.canonical))
    guard !origins.isEmpty else { return "0" }
    return """
      EXISTS (SELECT 1 FROM record_entry AS has CROSS JOIN path_outcome AS said ON said.entry = has.entry
        WHERE has.record = c.run AND has.kind = \(EntryKind.outcomes.number) AND said.path = c.path
          AND said.outcome = 'substituted' AND said.origin IN (\(runs.list(origins))))
      """
  }
}
