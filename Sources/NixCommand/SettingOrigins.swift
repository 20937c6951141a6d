import Foundation

/// Where Nix's settings were set: which line of which file, or the environment.
///
/// Nix tells a setting's value and not its origin. Its order (Nix, `src/libstore/globals.cc`,
/// `loadConfFile`): `$NIX_CONF_DIR/nix.conf`, then the user's files, then `$NIX_CONFIG`; the last one wins,
/// and `include` reads another file in the middle of one.
public struct SettingOrigins: Sendable {
  /// By name, the places that set it or add to it, the deciding one last.
  public private(set) var places: [String: [String]] = [:]

  /// Reads the files that Nix reads in `environment`. A file that cannot be read sets nothing.
  public init(
    environment: [String: String],
    readFile: (String) -> String? = SettingOrigins.text
  ) {
    let system = environment["NIX_CONF_DIR"] ?? "/etc/nix"
    read(file: "\(system)/nix.conf", depth: 0, readFile)
    // Of the user's files the first listed is read last, so that it wins.
    for file in Self.userFiles(environment).reversed() { read(file: file, depth: 0, readFile) }
    if let text = environment["NIX_CONFIG"] {
      read(text, named: "the environment variable NIX_CONFIG", in: "/", depth: 0, readFile)
    }
  }

  /// The text of a real file.
  public static func text(of file: String) -> String? { try? String(contentsOfFile: file, encoding: .utf8) }

  /// The place that decides a setting, with those that it adds to; `nil` where it has its default.
  public func place(of name: String) -> String? {
    guard let all = places[name], !all.isEmpty else { return nil }
    return all.joined(separator: " and ")
  }

  private static func userFiles(_ environment: [String: String]) -> [String] {
    if let files = environment["NIX_USER_CONF_FILES"] {
      return files.split(separator: ":").map(String.init)
    }
    let home = environment["HOME"].map { "\($0)/.config" }
    let own = [environment["XDG_CONFIG_HOME"] ?? home].compactMap { $0 }
    let others = (environment["XDG_CONFIG_DIRS"] ?? "/etc/xdg").split(separator: ":").map(String.init)
    return (own + others).map { "\($0)/nix/nix.conf" }
  }

  private mutating func read(file: String, depth: Int, _ readFile: (String) -> String?) {
    guard depth < 10, let text = readFile(file) else { return }
    let directory = URL(filePath: file).deletingLastPathComponent().path
    read(text, named: file, in: directory, depth: depth, readFile)
  }

  private mutating func read(
    _ text: String, named source: String, in directory: String, depth: Int, _ readFile: (String) -> String?
  ) {
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
      guard words.count >= 2 else { continue }
      if words[0] == "include" || words[0] == "!include" {
        read(
          file: words[1].hasPrefix("/") ? words[1] : "\(directory)/\(words[1])", depth: depth + 1, readFile)
      } else if words[1] == "=" {
        let place = "\(source), line \(index + 1)"
        if words[0].hasPrefix("extra-") {
          places[String(words[0].dropFirst("extra-".count)), default: []].append(place)
        } else {
          places[words[0]] = [place]
        }
      }
    }
  }
}
