public import NixModel

/// The store's testimony about paths: from its database, or through Nix where the database cannot be read.
public struct StoreWitness: Sendable {
  private let program: NixProgram

  /// A witness of the store that `program` works on.
  public init(_ program: NixProgram) { self.program = program }

  /// The content of the store, to tell it later from added paths.
  public func inventory() async -> Heard<StoreInventory> {
    // A store that is not laid out yet has nothing; the next command that opens it makes its database.
    guard !program.hasNoStoreYet else { return .said(.rows(upTo: 0)) }
    do { return .said(.rows(upTo: try database.highestRow())) } catch {
      // Not by registration times: they are whole seconds, and a user who copies a path into a daemon's store can name
      // its time.
      do throws(NixError) { return .said(.paths(try await program.validPaths())) } catch {
        return .unavailable(error.description)
      }
    }
  }

  /// Every valid path.
  public func validPaths() async -> Heard<Set<StorePath>> {
    guard !program.hasNoStoreYet else { return .said([]) }
    if let paths = try? database.validPaths() { return .said(paths) }
    do throws(NixError) { return .said(try await program.validPaths()) } catch {
      return .unavailable(error.description)
    }
  }

  /// The valid paths that were added last and carry signatures, at most `limit`; none where the database cannot be read.
  public func latestSigned(_ limit: Int) -> [StorePath] {
    (try? database.latestSigned(limit)) ?? []
  }

  /// The state of each path in the database and on disk, and whether it was added since `inventory`.
  public func presence(
    of paths: [StorePath], since inventory: Heard<StoreInventory>
  ) async -> Heard<[StorePath: Presence]> {
    let known: StoreInventory
    switch inventory {
    case .notAsked: return .notAsked
    case .unavailable(let cause): return .unavailable(cause)
    case .said(let said): known = said
    }
    do throws(NixError) {
      let valid = try await entries(of: paths)
      return .said(
        Dictionary(
          uniqueKeysWithValues: Set(paths).map { path in
            let entry = valid[path].map {
              Presence.Entry($0.registration, known.arrival(of: path, in: $0.row))
            }
            return (path, Presence(entry, isOnDisk: program.location.isOnDisk(path)))
          }))
    } catch {
      return .unavailable(error.description)
    }
  }

  /// How each valid path is registered; paths that are not valid are missing.
  public func registrations(of paths: [StorePath]) async -> Heard<[StorePath: Registration]> {
    do throws(NixError) { return .said(try await entries(of: paths).mapValues(\.registration)) } catch {
      return .unavailable(error.description)
    }
  }

  private var database: StoreDatabase { StoreDatabase(path: program.location.database) }

  private func entries(
    of paths: [StorePath]
  ) async throws(NixError) -> [StorePath: (row: Int64?, registration: Registration)] {
    do { return try database.entries(of: paths).mapValues { ($0.row, $0.registration) } } catch {
      // A daemon's store may not be readable for us, and a store may lie elsewhere: Nix itself knows.
      return try await program.pathInfo(paths).mapValues { (nil, $0) }
    }
  }
}

/// The content of a store at a moment.
public enum StoreInventory: Hashable, Sendable {
  /// Every row of its database up to this one.
  case rows(upTo: Int64)
  /// These paths: its database cannot be read.
  case paths(Set<StorePath>)

  /// The part of it that is recorded.
  public var baseline: Baseline {
    switch self {
    case .rows(let last): .row(last)
    case .paths(let paths): .listed(paths: paths.count)
    }
  }

  /// Since when a path is valid that is so now; without certainty since before.
  func arrival(of path: StorePath, in row: Int64?) -> Presence.Arrival {
    switch (self, row) {
    case (.rows(let last), let row?): row <= last ? .before(row: row) : .evaluation(row: row)
    case (.rows, nil): .before(row: nil)
    case (.paths(let paths), let row): paths.contains(path) ? .before(row: row) : .evaluation(row: row)
    }
  }
}
