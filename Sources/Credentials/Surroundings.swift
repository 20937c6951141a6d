import Foundation
public import NixModel

/// Where means of writing can lie: the environment, files, Nix's settings.
public struct Surroundings: Sendable {
  /// The process's environment.
  public let environment: [String: String]
  /// The home directory.
  public let home: String?
  /// Nix's `secret-key-files`.
  public let secretKeyFiles: [String]
  /// Nix's `post-build-hook`.
  public let postBuildHook: String?
  /// Nix's `netrc-file`.
  public let netrcFile: String?
  /// The substituters of the run.
  public let substituters: [SubstituterURL]
  /// Reads a file.
  public let readFile: @Sendable (String) -> FileAnswer

  /// What became of reading a file.
  public enum FileAnswer: Sendable {
    /// There is none.
    case absent
    /// It is there and cannot be read; why.
    case unreadable(String)
    /// Its text.
    case text(String)
  }

  /// Surroundings from their parts; the real files where no other reader is given.
  public init(
    environment: [String: String], home: String?, secretKeyFiles: [String] = [], postBuildHook: String? = nil,
    netrcFile: String? = nil, substituters: [SubstituterURL] = [],
    readFile: @escaping @Sendable (String) -> FileAnswer = Surroundings.file
  ) {
    self.environment = environment
    self.home = home
    self.secretKeyFiles = secretKeyFiles
    self.postBuildHook = postBuildHook
    self.netrcFile = netrcFile
    self.substituters = substituters
    self.readFile = readFile
  }

  /// Reads at most 1 MiB of a real file.
  @Sendable public static func file(_ path: String) -> FileAnswer {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      return errno == ENOENT || errno == ENOTDIR ? .absent : .unreadable(String(cString: strerror(errno)))
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = read(file, &bytes, bytes.count)
    guard count >= 0 else { return .unreadable(String(cString: strerror(errno))) }
    return .text(String(decoding: bytes.prefix(count), as: UTF8.self))
  }

  /// A variable's value; an empty one is none.
  func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// The user's configuration directory (`$XDG_CONFIG_HOME`, else `~/.config`).
  var configurationDirectory: String? { variable("XDG_CONFIG_HOME") ?? home.map { "\($0)/.config" } }

  /// The netrc files that Nix and curl may use, each once.
  var netrcFiles: [String] {
    let candidates = [
      netrcFile, variable("NETRC"), home.map { "\($0)/.netrc" },
      configurationDirectory.map { "\($0)/nix/netrc" },
    ]
    return candidates.compactMap { $0 }.unique
  }

  /// What Nix would send to `host`, from its own netrc file alone.
  public func credentials(for host: String) -> (login: String, password: Secret)? {
    guard let netrcFile, case .text(let text) = readFile(netrcFile) else { return nil }
    return Netrc(parsing: text).credentials(for: host)
  }
}
