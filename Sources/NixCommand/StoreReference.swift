import Foundation
import NixModel

/// The store that Nix works on, as its setting `store` (or `NIX_REMOTE`) names it, as far as its files can be found
/// from here. The witnesses must look where Nix works, or not at all.
struct StoreReference: Hashable, Sendable {
  /// Where its files are.
  let location: StoreLocation
  /// Whether a daemon works on it, whose builds run as other users.
  let isOfDaemon: Bool

  /// - Parameters:
  ///   - text: the value of Nix's setting `store`.
  ///   - isRoot: whether this user is root; others get a store in their home where there is no `/nix`.
  ///   - exists: whether there is such a file.
  ///   - isWritable: whether this user may write to a directory.
  /// - Throws: ``NixError/storeElsewhere(_:)`` where the store is none whose files can be read from here.
  init(
    parsing text: String, environment: [String: String], isRoot: Bool,
    exists: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) },
    isWritable: (String) -> Bool = { access($0, R_OK | W_OK) == 0 }
  ) throws(NixError) {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let base = parts.first ?? ""
    var parameters: [String: String] = [:]
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      parameters[String(sides[0])] = sides.count > 1 ? sides[1].removingPercentEncoding : ""
    }
    let elsewhere = NixError.storeElsewhere(Redaction.redact(base))
    // Another store directory makes other paths of everything.
    guard ["", "/nix/store"].contains(parameters["store"] ?? "") else { throw elsewhere }

    let usual = StoreLocation(environment: environment)
    let state = environment["NIX_STATE_DIR"] ?? "/nix/var/nix"
    let socket = "\(state)/daemon-socket/socket"
    let hasUsualSocket = ["", socket].contains(environment["NIX_DAEMON_SOCKET_PATH"] ?? "")
    switch base {
    case "", "auto":
      guard parameters.isEmpty else { throw elsewhere }
      let isWritable = isWritable(state)
      if !isWritable, !exists(state), !isRoot, environment["NIX_STORE_DIR"] == nil,
        environment["NIX_STATE_DIR"] == nil
      {
        let data = environment["XDG_DATA_HOME"] ?? "\(environment["HOME"] ?? "")/.local/share"
        (location, isOfDaemon) = (StoreLocation(root: "\(data)/nix/root"), false)
      } else {
        guard isWritable || hasUsualSocket else { throw elsewhere }
        (location, isOfDaemon) = (usual, !isWritable && exists(socket))
      }
    case "daemon", "unix://", "unix://\(socket)":
      guard parameters.isEmpty, base == "unix://\(socket)" || hasUsualSocket else { throw elsewhere }
      (location, isOfDaemon) = (usual, true)
    case "local", "local://":
      location = Self.location(parameters, orElse: usual)
      isOfDaemon = false
    case _ where base.hasPrefix("local:///"):
      parameters["root"] = String(base.dropFirst("local://".count)).removingPercentEncoding
      location = Self.location(parameters, orElse: usual)
      isOfDaemon = false
    case _ where base.contains("/") && !base.contains("://"):
      parameters["root"] = URL(filePath: base).standardizedFileURL.path
      location = Self.location(parameters, orElse: usual)
      isOfDaemon = false
    default: throw elsewhere
    }
  }

  private static func location(
    _ parameters: [String: String], orElse usual: StoreLocation
  ) -> StoreLocation {
    let root = parameters["root"].flatMap { $0.isEmpty ? nil : $0 }.map { StoreLocation(root: $0) } ?? usual
    return StoreLocation(
      directory: parameters["real"] ?? root.directory,
      database: parameters["state"].map { "\($0)/db/db.sqlite" } ?? root.database)
  }

  /// The reference with which Nix works on the store in `directory`. Signs with a meaning in an address are escaped,
  /// because Nix reads an address there: a `?` would begin its parameters.
  static func naming(directory: String) -> String {
    let plain = CharacterSet(
      charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-~+,@")
    guard directory.unicodeScalars.contains(where: { !plain.contains($0) }) else { return directory }
    let spelled = directory.addingPercentEncoding(withAllowedCharacters: plain) ?? directory
    return "local?root=\(spelled)"
  }
}
