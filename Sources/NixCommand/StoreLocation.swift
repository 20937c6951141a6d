import Foundation
public import NixModel

/// Where a store's files really are: under another root, its paths still say `/nix/store`.
public struct StoreLocation: Hashable, Sendable {
  /// The directory that holds the paths.
  public let directory: String
  /// The database of valid paths.
  public let database: String

  /// A store whose parts lie apart.
  init(directory: String, database: String) {
    self.directory = directory
    self.database = database
  }

  /// A store in a directory of its own (`--store DIR`).
  public init(root: String) {
    directory = "\(root)/nix/store"
    database = "\(root)/nix/var/nix/db/db.sqlite"
  }

  /// The machine's store, as Nix finds it.
  public init(environment: [String: String]) {
    directory = environment["NIX_STORE_DIR"] ?? "/nix/store"
    database = (environment["NIX_STATE_DIR"] ?? "/nix/var/nix") + "/db/db.sqlite"
  }

  /// Whether something lies at `path`, registered or not.
  func isOnDisk(_ path: StorePath) -> Bool {
    var status = stat()
    return lstat("\(directory)/\(path.baseName)", &status) == 0
  }

  /// A derivation of the store; `nil` where it is not there or is none.
  func derivation(_ path: StorePath) -> Derivation? {
    content(of: path).flatMap { try? Derivation(parsing: $0, in: path.directory) }
  }

  /// Why a derivation of the store does not tell the path of `output`.
  func unknownPath(of output: String, in path: StorePath) -> UnknownPath? {
    content(of: path).flatMap { UnknownPath(of: output, in: $0) }
  }

  private func content(of path: StorePath) -> Data? {
    path.isDerivation ? FileManager.default.contents(atPath: "\(directory)/\(path.baseName)") : nil
  }

  /// Reads derivations: `roots`, and with `wholeClosure` everything that they are built from. One that
  /// cannot be read is missing.
  public func derivations(_ roots: [StorePath], wholeClosure: Bool) -> DerivationGraph {
    var found: [StorePath: Derivation] = [:]
    var open = roots
    var seen = Set(roots)
    while let path = open.popLast() {
      guard let derivation = derivation(path) else { continue }
      found[path] = derivation
      guard wholeClosure else { continue }
      for input in derivation.inputDerivations.keys where seen.insert(input).inserted { open.append(input) }
    }
    return DerivationGraph(found)
  }
}

extension NixProgram {
  /// Whether the store has not been laid out: the next command that opens it will.
  public var hasNoStoreYet: Bool { !FileManager.default.fileExists(atPath: location.database) }

  /// Reads derivations of this Nix's store: `roots`, and with `wholeClosure` everything that they are built from.
  /// Derivations that name a secret of this runner are left out.
  public func derivations(_ roots: [StorePath], wholeClosure: Bool) -> DerivationGraph {
    location.derivations(roots, wholeClosure: wholeClosure).withoutSecrets
  }
}
