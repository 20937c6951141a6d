public import NixModel

/// What the store knows of paths: from its database, or through `nix path-info` where that cannot be read.
public struct StoreWitness: Sendable {
  private let program: NixProgram

  /// A witness of the store that `program` works on.
  public init(_ program: NixProgram) { self.program = program }

  /// What the store holds of each path, in its database and on disk.
  public func presence(of paths: [StorePath]) async -> Heard<[StorePath: Presence]> {
    switch await registrations(of: paths) {
    case .notAsked: .notAsked
    case .unavailable(let cause): .unavailable(cause)
    case .said(let valid):
      .said(
        Dictionary(
          uniqueKeysWithValues: Set(paths).map {
            ($0, Presence(isValid: valid[$0] != nil, isOnDisk: program.location.isOnDisk($0)))
          }))
    }
  }

  /// How each valid path is registered; paths that are not valid are missing.
  public func registrations(of paths: [StorePath]) async -> Heard<[StorePath: Registration]> {
    do {
      return .said(try StoreDatabase(path: program.location.database).registrations(of: paths))
    } catch {
      // A daemon's store may not be readable for us, and a store may lie elsewhere: Nix itself knows.
      do throws(NixError) { return .said(try await program.pathInfo(paths)) } catch {
        return .unavailable(error.description)
      }
    }
  }
}
