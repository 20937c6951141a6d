import Foundation
public import NixModel

/// A Nix to be run: which program, of which version, with which settings, on which store.
public struct NixProgram: Sendable {
  /// Its version.
  public let version: NixVersion
  /// Starts it.
  private(set) var launcher: Launcher
  /// `--store DIR`, where the run has a store of its own.
  let store: [String]
  /// Where the store's files are.
  let location: StoreLocation
  /// Why the store's files are not to be read, where they are not.
  public let obstacle: NixError?
  /// Whether builds run as this very user: no daemon and no build user stands between.
  public let buildsAsThisUser: Bool
  /// Whether a daemon works on the store.
  public let isOfDaemon: Bool
  /// The platform that it evaluates for.
  private(set) var system = ""
  /// The caches that the run asks, by the names that it was given for them.
  private(set) var substituters: [SubstituterURL] = []

  /// A Nix on the store in the directory `store`.
  init(version: NixVersion, launcher: Launcher, directory store: String) {
    self.version = version
    self.launcher = launcher
    self.store = ["--store", StoreReference.naming(directory: store)]
    location = StoreLocation(root: store)
    obstacle = nil
    buildsAsThisUser = true
    isOfDaemon = false
  }

  /// A Nix on the store that it is configured with.
  init(version: NixVersion, launcher: Launcher, settings: NixSettings) {
    self.version = version
    self.launcher = launcher
    store = []
    let environment = ProcessInfo.processInfo.environment
    let reference: StoreReference?
    do throws(NixError) {
      reference = try StoreReference(
        parsing: settings.store, environment: environment, isRoot: geteuid() == 0)
      obstacle = nil
    } catch {
      reference = nil
      obstacle = error
    }
    location = reference?.location ?? StoreLocation(environment: environment)
    let hasBuildUsers = geteuid() == 0 && settings.buildUsersGroup != nil
    isOfDaemon = reference?.isOfDaemon ?? false
    buildsAsThisUser = !isOfDaemon && !hasBuildUsers
  }

  /// Finds Nix, and asks for its version and its settings at the same time.
  ///
  /// - Parameters:
  ///   - program: a path, or a name to look for in `PATH`.
  ///   - supervision: the command in front of Nix's, such as `["/proc/self/exe", "supervise"]`.
  ///   - store: the directory of a store of the run's own, or `nil` for the configured one.
  ///   - kept: variables that Nix gets beside those that it needs.
  ///   - options: settings on top of the user's own, below those of a run.
  /// - Throws: ``NixError`` where there is none, where it is too old, or where Nix finds a setting malformed.
  public static func open(
    _ program: String, supervision: [String], store: String? = nil, keeping kept: [String] = [],
    options: [(name: String, value: String)] = []
  ) async throws(NixError) -> (program: NixProgram, settings: NixSettings) {
    guard let path = locate(program) else { throw .notFound(program) }
    var launcher = Launcher(path: path, supervision: supervision)
    launcher.variables = PassedVariables(keeping: kept)
    launcher.options = options
    let asking = launcher
    // `show-config` became `config show` in 2.20, and is an alias for it to this day.
    async let shown = answer { () async throws(NixError) in
      try await asking.ask(["show-config", "--json"])
    }
    async let banner = answer { () async throws(NixError) in try await asking.ask(["--version"]) }
    let printed = String(decoding: try unquoted(await banner), as: UTF8.self)
    guard let version = NixVersion(parsing: printed) else {
      throw .unusable(program: path, cause: "'--version' prints '\(printed.excerpt)'")
    }
    guard version >= .oldestSupported else { throw .tooOld(program: path, version: version) }
    var answered = await shown
    if case .failure = answered, version >= NixVersion(2, 20) {
      answered = await answer { () async throws(NixError) in
        try await asking.ask(["config", "show", "--json"])
      }
    }
    let settings = try NixSettings(json: try unquoted(answered))
    launcher.writesRecords = settings.writesRecords
    var found =
      store.map { NixProgram(version: version, launcher: launcher, directory: $0) }
      ?? NixProgram(version: version, launcher: launcher, settings: settings)
    found.system = settings.system
    return (found, settings)
  }

  /// The same Nix for a run that asks these caches.
  public func asking(_ substituters: [SubstituterURL]) -> NixProgram {
    var other = self
    other.substituters = substituters
    other.launcher.variables.asksS3 = substituters.contains { $0.scheme == "s3" }
    return other
  }

  /// The version of `program`, a path or a name; `nil` where there is no Nix of a known version.
  public static func version(of program: String) async -> NixVersion? {
    guard let path = locate(program) else { return nil }
    let banner = try? await Launcher(path: path, supervision: []).ask(["--version"])
    return banner.flatMap { NixVersion(parsing: String(decoding: $0, as: UTF8.self)) }
  }

  /// Whether the daemon trusts this user; `nil` where it does not say (before 2.15, or where there is none).
  public func trustsThisUser() async -> Bool? {
    struct Info: Decodable { let trusted: Bool? }
    guard let answer = try? await launcher.ask(["store", "ping", "--json"]) else { return nil }
    return (try? JSONDecoder().decode(Info.self, from: Data(answer)))?.trusted
  }

  /// The same Nix with a keeper of its logs.
  public func keepingLogs(in keeper: LogKeeper?) -> NixProgram {
    var other = self
    other.launcher.keeper = keeper
    return other
  }

  /// The same Nix with other settings.
  public func with(_ configuration: NixConfiguration) -> NixProgram {
    var other = self
    other.launcher.configuration = configuration
    return other
  }

  /// Nix's answer, or its error without quotations of its configuration.
  private static func unquoted(_ answer: Result<[UInt8], NixError>) throws(NixError) -> [UInt8] {
    switch answer {
    case .success(let bytes): return bytes
    case .failure(let error): throw error.withoutQuotedSettings
    }
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
