import Foundation
import NixModel

/// A Nix to be run: which program, of which version, with which settings, on which store.
public struct NixProgram: Sendable {
  /// Its version.
  public let version: NixVersion
  /// What starts it.
  private(set) var launcher: Launcher
  /// `--store DIR`, where the run has a store of its own.
  let store: [String]
  /// Where the store's files are.
  let location: StoreLocation

  /// A Nix on the store in the directory `store`, or on the configured one.
  init(version: NixVersion, launcher: Launcher, store: String?) {
    self.version = version
    self.launcher = launcher
    self.store = store.map { ["--store", $0] } ?? []
    location =
      store.map { StoreLocation(root: $0) }
      ?? StoreLocation(environment: ProcessInfo.processInfo.environment)
  }

  /// Finds Nix, and asks for its version and its settings at the same time.
  ///
  /// - Parameters:
  ///   - program: a path, or a name to look for in `PATH`.
  ///   - supervision: the command in front of Nix's, such as `["/proc/self/exe", "supervise"]`.
  ///   - store: the directory of a store of the run's own, or `nil` for the configured one.
  /// - Throws: ``NixError`` where there is none, where it is too old, or where a setting is malformed.
  public static func open(
    _ program: String, supervision: [String], store: String? = nil
  ) async throws(NixError) -> (program: NixProgram, settings: NixSettings) {
    guard let path = locate(program) else { throw .notFound(program) }
    let launcher = Launcher(path: path, supervision: supervision)
    // `show-config` became `config show` in 2.20, and is an alias for it to this day.
    async let settings = answer { () async throws(NixError) in
      try await launcher.ask(["show-config", "--json"])
    }
    async let banner = answer { () async throws(NixError) in try await launcher.ask(["--version"]) }
    let printed = String(decoding: try await banner.get(), as: UTF8.self)
    guard let version = NixVersion(parsing: printed) else {
      throw .unusable(program: path, cause: "'--version' prints '\(printed.excerpt)'")
    }
    guard version >= .oldestSupported else { throw .tooOld(program: path, version: version) }
    var answered = await settings
    if case .failure = answered, version >= NixVersion(2, 20) {
      answered = await answer { () async throws(NixError) in
        try await launcher.ask(["config", "show", "--json"])
      }
    }
    let found = NixProgram(version: version, launcher: launcher, store: store)
    return (found, try NixSettings(json: try answered.get()))
  }

  /// The version of `program`, a path or a name; `nil` where there is no Nix of a known version.
  public static func version(of program: String) async -> NixVersion? {
    guard let path = locate(program) else { return nil }
    let banner = try? await Launcher(path: path, supervision: []).ask(["--version"])
    return banner.flatMap { NixVersion(parsing: String(decoding: $0, as: UTF8.self)) }
  }

  /// The same Nix with other settings.
  public func with(_ configuration: NixConfiguration) -> NixProgram {
    var other = self
    other.launcher.configuration = configuration
    return other
  }

  private static func answer(
    _ ask: () async throws(NixError) -> [UInt8]
  ) async -> Result<[UInt8], NixError> {
    do { return .success(try await ask()) } catch { return .failure(error) }
  }

  private static func locate(_ program: String) -> String? {
    let candidates =
      program.contains("/")
      ? [program]
      : (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        .map { "\($0)/\(program)" }
    return candidates.first {
      var status = stat()
      return access($0, X_OK) == 0 && stat($0, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
  }
}
