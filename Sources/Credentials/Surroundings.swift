import Foundation
public import NixModel

/// The places where means of writing can lie: the environment, files, and Nix's settings.
public struct Surroundings: Sendable {
  /// The process's environment.
  public let environment: [String: String]
  /// The home directory: `$HOME`, or that of the password database if `$HOME` is missing or empty. Attic,
  /// curl, Nix and AWS do the same.
  public let home: String?
  /// The home directory in the password database, which is the only one that SSH uses.
  public let passwordHome: String?
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
  /// Lists the names in a directory.
  public let list: @Sendable (String) -> [String]
  /// Tells whether this process may write to a directory.
  public let isWritable: @Sendable (String) -> Bool

  /// The result of reading a file.
  public enum FileAnswer: Sendable {
    /// There is no such file.
    case absent
    /// It is there and cannot be read as a file; the cause.
    case unreadable(String)
    /// Its text.
    case text(String)
  }

  /// Surroundings from their parts. By default they read real files.
  public init(
    environment: [String: String], home: String?, secretKeyFiles: [String] = [], postBuildHook: String? = nil,
    netrcFile: String? = nil, substituters: [SubstituterURL] = [], passwordHome: String? = nil,
    readFile: @escaping @Sendable (String) -> FileAnswer = Surroundings.file,
    list: @escaping @Sendable (String) -> [String] = Surroundings.names,
    isWritable: @escaping @Sendable (String) -> Bool = Surroundings.isWritable
  ) {
    self.environment = environment
    self.home = home.flatMap { $0.isEmpty ? nil : $0 } ?? passwordHome
    self.passwordHome = passwordHome
    self.secretKeyFiles = secretKeyFiles
    self.postBuildHook = postBuildHook
    self.netrcFile = netrcFile
    self.substituters = substituters
    self.readFile = readFile
    self.list = list
    self.isWritable = isWritable
  }

  /// Reads a real file of at most 1 MiB. It opens `path` without blocking, so that a pipe without a writer
  /// does not stop it.
  @Sendable public static func file(_ path: String) -> FileAnswer {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else {
      let error = errno
      var link = stat()
      guard error == ENOENT || error == ENOTDIR else { return .unreadable(String(cString: strerror(error))) }
      return lstat(path, &link) == 0 ? .unreadable("it is a link that leads nowhere") : .absent
    }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { return .unreadable(String(cString: strerror(errno))) }
    guard facts.st_mode & S_IFMT == S_IFREG else { return .unreadable("it is no regular file") }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(file, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return .unreadable(String(cString: strerror(errno))) }
      guard count > 0 else { return .text(String(decoding: bytes, as: UTF8.self)) }
      bytes += piece[..<count]
      guard bytes.count <= 1 << 20 else { return .unreadable("it is longer than 1 MiB") }
    }
  }

  /// The names in a real directory, at most 1000; none if it cannot be read.
  @Sendable public static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while names.count < 1000, let entry = readdir(stream) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { place in
        place.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: place.pointee)) {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether this process may write to a real directory.
  @Sendable public static func isWritable(_ directory: String) -> Bool { access(directory, W_OK) == 0 }

  /// The home directory of this process's user, from the password database.
  public static func homeInPasswordDatabase() -> String? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 64 << 10)
    guard getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil,
      let directory = entry.pw_dir
    else { return nil }
    let home = String(cString: directory)
    return home.isEmpty ? nil : home
  }

  /// A variable's value. An empty value counts as none.
  func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// The user's configuration directory (`$XDG_CONFIG_HOME`, else `~/.config`).
  var configurationDirectory: String? { variable("XDG_CONFIG_HOME") ?? home.map { "\($0)/.config" } }

  /// The hosts of the run's caches, in lower case.
  var hosts: Set<String> {
    Set(
      substituters.filter { $0.scheme != "file" }.compactMap {
        URL(string: $0.canonical)?.host()?.lowercased()
      })
  }

  /// The netrc files that Nix and curl may use, each once.
  var netrcFiles: [String] {
    let candidates = [
      netrcFile, variable("NETRC"), home.map { "\($0)/.netrc" },
      configurationDirectory.map { "\($0)/nix/netrc" },
    ]
    return candidates.compactMap { $0 }.unique
  }

  /// The credentials that Nix would send to `host`. They come from Nix's own netrc file alone.
  public func credentials(for host: String) -> (login: String, password: Secret)? {
    guard let netrcFile, case .text(let text) = readFile(netrcFile) else { return nil }
    return Netrc(parsing: text).credentials(for: host)
  }
}
