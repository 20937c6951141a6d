import Foundation
package import NixModel
import Subprocess
import SystemPackage
package import TestSupport

/// The lab: a real Nix, signed binary caches of the stand-ins, and the built `warmth`.
///
/// The Nix is `$WARMTH_TEST_NIX`, else the one in `PATH`.
package struct Lab: Sendable {
  package let directory: String
  package let nix: String
  package let warmth: String
  package let publicKey: String
  package let otherKey: String
  /// The key that signed `cache`.
  package let key: LabKey
  /// The version of the Nix.
  package let version: Version
  package let paths: [String: Entry]

  /// One attribute of `lab.nix`.
  package struct Entry: Decodable, Sendable {
    package let drv: String
    package let name: String
    package let outputs: [String: String]
  }

  /// A version of Nix, for what differs between them.
  package struct Version: Comparable, Sendable {
    package let major: Int
    package let minor: Int

    package init(_ major: Int, _ minor: Int) { (self.major, self.minor) = (major, minor) }

    package static func < (left: Version, right: Version) -> Bool {
      (left.major, left.minor) < (right.major, right.minor)
    }
  }

  /// Something that the lab needs and does not find.
  package struct Missing: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
  }

  private static let made = Task { try await make() }

  /// The lab, made once.
  package static var shared: Lab { get async throws { try await made.value } }

  package static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Fixtures"
  ).path

  private static func make() async throws -> Lab {
    let variables = ProcessInfo.processInfo.environment
    let nix = variables["WARMTH_TEST_NIX"] ?? "nix"
    let directory = Scratch.path("lab")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let made = try await Subprocess.run(
      .path(FilePath("\(fixtures)/make-cache")), arguments: [nix, directory], output: .discarded,
      error: .string(limit: 1 << 16))
    guard made.terminationStatus.isSuccess else {
      throw Missing(
        description:
          "the lab's caches cannot be made; run scripts/setup --for test. make-cache says: \(made.standardError)"
      )
    }
    let text = { (name: String) in try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8) }
    let built = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "warmth")
      .path
    guard FileManager.default.isExecutableFile(atPath: built) else {
      throw Missing(description: "there is no warmth at \(built); run swift build first")
    }
    // Other users run it, too, and may not be able to come to the build's directory. Where it is on another file
    // system, this is a copy: 150 MB, once.
    let warmth = "\(directory)/warmth"
    try FileManager.default.linkOrCopy(built, to: warmth)
    return Lab(
      directory: directory, nix: nix, warmth: warmth,
      publicKey: try text("lab-1.public").trimmingCharacters(in: .whitespacesAndNewlines),
      otherKey: try text("other-1.public").trimmingCharacters(in: .whitespacesAndNewlines),
      key: try LabKey(secret: text("lab-1.secret")), version: try await version(of: nix),
      paths: try JSONDecoder().decode([String: Entry].self, from: Data(text("paths.json").utf8)))
  }

  private static func version(of nix: String) async throws -> Version {
    let executable = nix.contains("/") ? Executable.path(FilePath(nix)) : .name(nix)
    let printed = try await Subprocess.run(
      executable, arguments: ["--version"], output: .string(limit: 200), error: .discarded)
    let numbers = printed.standardOutput.split { !$0.isNumber }.compactMap { Int($0) }
    guard numbers.count >= 2 else { throw Missing(description: "\(nix) does not tell its version") }
    return Version(numbers[0], numbers[1])
  }

  /// A path of the lab.
  package func path(_ attribute: String, _ output: String = "out") throws -> StorePath {
    guard let text = paths[attribute]?.outputs[output] else {
      throw Missing(description: "lab.nix has no \(attribute).\(output)")
    }
    return try StorePath(parsing: text)
  }

  /// A cache that serves the good files, but for requests that `faults` answers otherwise.
  package func cache(
    _ name: String = "cache",
    faults: @escaping @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer = { $1 }
  ) async throws -> StubCache {
    try await StubCache.serving("\(directory)/\(name)", faults: faults)
  }

  /// A cache that has nothing.
  package func emptyCache(_ info: String = "StoreDir: /nix/store\n") async throws -> StubCache {
    try await StubCache { $0.path == "/nix-cache-info" ? .text(info) : .notFound }
  }

  /// A place in the lab's directory that nobody else has.
  package func scratch(_ name: String) -> String { "\(directory)/\(name)-\(Scratch.token())" }

  /// The narinfo of a path in the good cache.
  package func narinfo(of path: StorePath) throws -> String {
    try String(contentsOfFile: "\(directory)/cache/\(path.hashPart).narinfo", encoding: .utf8)
  }

  /// Where the archive of a path is below the cache.
  package func archive(of path: StorePath) throws -> String {
    let narinfo = try narinfo(of: path)
    guard let line = narinfo.split(separator: "\n").first(where: { $0.hasPrefix("URL: ") }) else {
      throw Missing(description: "the narinfo of \(path) names no archive")
    }
    return "/" + line.dropFirst(5)
  }
}

extension FileManager {
  fileprivate func linkOrCopy(_ file: String, to place: String) throws {
    do { try linkItem(atPath: file, toPath: place) } catch { try copyItem(atPath: file, toPath: place) }
  }
}
