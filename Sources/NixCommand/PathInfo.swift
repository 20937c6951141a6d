import Foundation
import NixModel

extension NixProgram {
  /// The answer of `nix path-info --json` about paths, in any of the shapes that it has had.
  ///
  /// - ≤ 2.18: an array of objects; an invalid path has `"valid": false`.
  /// - 2.19 and later: an object keyed by path; an invalid path is `null`.
  /// - 2.33 and later, `--json-format 1`: the same; without the flag it warns.
  func pathInfo(_ paths: [StorePath]) async throws(NixError) -> [StorePath: Registration] {
    var found: [StorePath: Registration] = [:]
    // Arguments are limited in number; and an invalid path makes Nix ask the substituters, unless told not to.
    for start in stride(from: 0, to: paths.count, by: 500) {
      let some = paths[start..<min(start + 500, paths.count)]
      let format = version >= NixVersion(2, 33) ? ["--json-format", "1"] : []
      let answer = try await with(launcher.configuration.setting("substitute", to: "false"))
        .launcher.ask(
          ["path-info", "--json"] + format + store + some.map(\.description))
      found.merge(try PathInfo.parse(Data(answer), of: some)) { _, new in new }
    }
    return found
  }
}

extension NixProgram {
  /// Every valid path of the store.
  func validPaths() async throws(NixError) -> Set<StorePath> {
    let answer = try await with(launcher.configuration.setting("substitute", to: "false"))
      .launcher.ask(["path-info", "--all", "--log-format", "internal-json"] + store)
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

  static func parse(
    _ data: Data, of asked: some Collection<StorePath>
  ) throws(NixError) -> [StorePath: Registration] {
    let decoder = JSONDecoder()
    let entries: [String: PathInfo?]
    if let list = try? decoder.decode([PathInfo].self, from: data) {
      entries = Dictionary(list.compactMap { info in info.path.map { ($0, info) } }) { first, _ in first }
    } else if let keyed = try? decoder.decode([String: PathInfo?].self, from: data) {
      entries = keyed
    } else {
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
