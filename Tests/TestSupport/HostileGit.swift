import Foundation
import NIOConcurrencyHelpers
public import NixModel

/// A Git server that is a repository's the first time, and afterwards answers with a text that `git` prints to its
/// standard error, line ends included. That is Nix's standard error, while `builtins.fetchGit` runs: evaluated code
/// writes whole records of Nix's log that way.
///
///     let git = try await HostileGit(printing: HostileGit.copies(of: [path], from: cache.url))
///     let file = git.file(around: "import ./lab.nix { }")
public struct HostileGit: Sendable {
  private let server: StubCache
  private let printed = NIOLockedValueBox(false)

  /// Where the repository is.
  public var url: String { "\(server.url)/repository" }

  /// Whether the text was handed out.
  public var hasPrinted: Bool { printed.withLockedValue { $0 } }

  /// How the server says it.
  public enum Way: Sendable, CaseIterable {
    /// As an error that it answers with at once (pkt `ERR`): `fatal: remote error: …`.
    case error
    /// As what a server tells while it works, in the band of fatal errors (side-band 3).
    case sideBand
  }

  /// Serves a repository made for it, whose branch is `main`.
  ///
  /// - Parameter text: what `git` prints, from a line of its own on.
  public init(printing text: String, by way: Way = .error) async throws {
    let directory = try Self.repository()
    let handedOut = printed
    let honest = NIOLockedValueBox(true)
    server = try await StubCache { request in
      let path = request.path.split(separator: "?", maxSplits: 1).first.map(String.init) ?? ""
      if path.hasSuffix("/repository/git-upload-pack") {
        handedOut.withLockedValue { $0 = true }
        return Self.packet(
          Self.packet("NAK\n") + Self.packet("\n\(text)\n", band: 3),
          type: "application/x-git-upload-pack-result")
      }
      if path.hasSuffix("/info/refs") {
        let isFirst = honest.withLockedValue { honest in
          defer { honest = false }
          return honest
        }
        guard !isFirst else { return Self.file(path, in: directory) }
        switch way {
        case .error:
          handedOut.withLockedValue { $0 = true }
          return Self.packet(
            Self.packet("# service=git-upload-pack\n") + Array("0000".utf8)
              + Self.packet("ERR \n\(text)\n"), type: "application/x-git-upload-pack-advertisement")
        case .sideBand:
          // A commit that nobody has yet, so that git asks for it.
          let refs =
            "\(String(repeating: "1", count: 40)) refs/heads/main\0side-band-64k agent=git/2\n"
          return Self.packet(
            Self.packet("# service=git-upload-pack\n") + Array("0000".utf8) + Self.packet(refs)
              + Array("0000".utf8), type: "application/x-git-upload-pack-advertisement")
        }
      }
      return Self.file(path, in: directory)
    }
  }

  /// A Nix file whose attributes are those of `expression`, each of which fetches the repository twice: the second
  /// fetch fails, and Nix goes on with what it has.
  public func file(around expression: String) -> String {
    """
    let
      repository = more: (builtins.fetchGit ({ url = "\(url)"; ref = "main"; } // more)).outPath;
      hear = value: builtins.seq (repository { }) (builtins.seq (repository { allRefs = true; }) value);
    in builtins.mapAttrs (_: value: hear value) (\(expression))
    """
  }

  /// A flake whose packages are those of `function`, which takes a system, and whose inputs are the repository, twice:
  /// pure evaluation does not keep the server out. Nix 2.8 fetches it once.
  public func flake(around function: String) -> String {
    """
    {
      inputs.first = { url = "git+\(url)?ref=main"; flake = false; };
      inputs.second = { url = "git+\(url)?ref=main&allRefs=1"; flake = false; };
      outputs = { self, first, second }: {
        packages = builtins.seq first.outPath (builtins.seq second.outPath (builtins.listToAttrs (map
          (name: { inherit name; value = (\(function)) name; }) [ "x86_64-linux" "aarch64-linux" ])));
      };
    }
    """
  }

  /// The records that Nix writes where it copies `paths` from the cache at `address`.
  public static func copies(of paths: [StorePath], from address: String) -> String {
    paths.enumerated().flatMap { number, path in
      let (goal, copy) = (900_000 + 2 * number, 900_001 + 2 * number)
      return [
        #"{"action":"start","fields":["\#(path)","\#(address)"],"id":\#(goal),"level":0,"parent":0,"text":"","type":108}"#,
        #"{"action":"start","fields":["\#(path)","\#(address)","local"],"id":\#(copy),"level":3,"#
          + #""parent":\#(goal),"text":"copying path '\#(path)' from '\#(address)'","type":100}"#,
        #"{"action":"stop","id":\#(copy)}"#, #"{"action":"stop","id":\#(goal)}"#,
      ]
    }.map { "@nix \($0)" }.joined(separator: "\n")
  }

  // MARK: The protocol

  /// A line of Git's protocol: its length in four hexadecimal digits, and its content.
  private static func packet(_ text: String, band: UInt8? = nil) -> [UInt8] {
    let content = (band.map { [$0] } ?? []) + Array(text.utf8)
    let length = String(content.count + 4, radix: 16)
    return Array((String(repeating: "0", count: 4 - length.count) + length).utf8) + content
  }

  private static func packet(_ body: [UInt8], type: String) -> StubCache.Answer {
    StubCache.Answer(status: 200, headers: ["Content-Type": type], body: body)
  }

  /// Git reads a repository from plain files as well, if they are prepared for it.
  private static func file(_ path: String, in directory: String) -> StubCache.Answer {
    let name = path.replacing("/repository", with: "", maxReplacements: 1)
    return FileManager.default.contents(atPath: directory + name).map {
      StubCache.Answer(status: 200, headers: ["Content-Type": "text/plain"], body: Array($0))
    } ?? .notFound
  }

  private static func repository() throws -> String {
    let directory = Scratch.path("git")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-ec",
      """
      git init -q --initial-branch=main "$0"
      git -C "$0" -c user.name=me -c user.email=me@example.org commit -q --allow-empty -m first
      git -C "$0" update-server-info
      """, directory,
    ]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Make.MakeError.repository }
    return directory + "/.git"
  }
}
