import Foundation
public import NixModel

extension NixProgram {
  /// The answer of `nix path-info --json` about paths, in any of the shapes that it has had.
  ///
  /// - ≤ 2.18: an array of objects; an invalid path has `"valid": false`.
  /// - 2.19 and later: an object keyed by path; an invalid path is `null`.
  /// - 2.33 and later, `--json-format 1`: the same; without the flag it warns.
  func pathInfo(_ paths: [StorePath]) async throws(NixError) -> [StorePath: Registration] {
    var found: [StorePath: Registration] = [:]
    // Arguments are limited in number.
    for start in stride(from: 0, to: paths.count, by: 500) {
      let some = paths[start..<min(start + 500, paths.count)]
      let answer = try await quiet.launcher.ask(pathInfoCommand(of: some, in: store))
      found.merge(try PathInfo.parse(Data(answer), of: some)) { _, new in new }
    }
    return found
  }

  /// How another store than this Nix's own registers paths, by that store's own word now; missing where it lacks them.
  ///
  /// - Parameter address: a store that only Nix can ask, such as `ssh-ng://host`.
  public func registrations(
    of paths: [StorePath], inStoreAt address: String
  ) async throws(NixError) -> [StorePath: Registration] {
    var found: [StorePath: Registration] = [:]
    for start in stride(from: 0, to: paths.count, by: 500) {
      let some = paths[start..<min(start + 500, paths.count)]
      let command = pathInfoCommand(of: some, in: ["--store", address])
      let answer = await quiet.forgetful(command, limit: Launcher.longestOutput)
      guard answer.log.ending == .exited(code: 0) else { throw NixError(asking: command, answer) }
      found.merge(try PathInfo.parse(Data(answer.output), of: some)) { _, new in new }
    }
    return found
  }

  /// The derivation that a path of the store was made by, where the store knows it.
  public func deriver(of path: StorePath) async -> StorePath? {
    guard let answer = try? await quiet.launcher.ask(pathInfoCommand(of: [path], in: store)) else {
      return nil
    }
    return PathInfo.deriver(of: path, in: Data(answer))
  }

  private func pathInfoCommand(of paths: some Collection<StorePath>, in store: [String]) -> [String] {
    let format = version >= NixVersion(2, 33) ? ["--json-format", "1"] : []
    return ["path-info", "--json"] + format + store + paths.map(\.description)
  }

  /// The same Nix, that asks no caches: an invalid path makes Nix ask them, unless it is told not to.
  private var quiet: NixProgram { with(launcher.configuration.setting("substitute", to: "false")) }
}

extension NixProgram {
  /// Every valid path of the store.
  func validPaths() async throws(NixError) -> Set<StorePath> {
    let answer = try await quiet.launcher.ask(
      ["path-info", "--all", "--log-format", "internal-json"] + store)
    return Set(
      String(decoding: answer, as: UTF8.self).split(separator: "\n").compactMap {
        try? StorePath(parsing: String($0))
      })
  }
}

/// One path's entry.
struct PathInfo: Decodable {
  let path: String?
  let valid: Bool?
  let narHash: String?
  let narSize: UInt64?
  let ultimate: Bool?
  let signatures: [String]?
  let references: [String]?
  let ca: String?
  let deriver: String?

  /// The answer by path, in any of its shapes; `nil` where it has none of them.
  private static func entries(in data: Data) -> [String: PathInfo?]? {
    let decoder = JSONDecoder()
    guard let list = try? decoder.decode([PathInfo].self, from: data) else {
      return try? decoder.decode([String: PathInfo?].self, from: data)
    }
    return Dictionary(list.compactMap { info in info.path.map { ($0, info) } }) { first, _ in first }
  }

  static func deriver(of path: StorePath, in data: Data) -> StorePath? {
    let info = entries(in: data)?[path.description] ?? nil
    return info?.deriver.flatMap { try? StorePath(parsing: $0) }
  }

  static func parse(
    _ data: Data, of asked: some Collection<StorePath>
  ) throws(NixError) -> [StorePath: Registration] {
    guard let entries = entries(in: data) else {
      throw .unreadable(question: "nix path-info", cause: "it is not the JSON of path infos")
    }
    var found: [StorePath: Registration] = [:]
    for path in asked {
      guard let entry = entries[path.description] else {
        throw .unreadable(question: "nix path-info", cause: "it says nothing of \(path)")
      }
      guard let info = entry, info.valid ?? true else { continue }
      guard let narHash = info.narHash.flatMap({ NarHash($0) }), let narSize = info.narSize else {
        throw .unreadable(question: "nix path-info", cause: "\(path) has no readable hash or size")
      }
      do {
        found[path] = Registration(
          narHash: narHash, narSize: narSize, isUltimate: info.ultimate ?? false,
          signatures: (info.signatures ?? []).compactMap { try? Signature(parsing: $0) },
          contentAddress: info.ca.flatMap { ContentAddress($0) },
          references: try (info.references ?? []).map { try StorePath(parsing: $0, in: path.directory) })
      } catch {
        throw .unreadable(question: "nix path-info", cause: "\(error)")
      }
    }
    return found
  }
}
