import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// A cache under addresses that Nix prints otherwise than they were typed.
@Suite struct `Caches go by what their address comes to` {
  /// The good cache, wherever its files are asked for.
  private func cache(_ lab: Lab) async throws -> StubCache {
    let root = "\(lab.directory)/cache"
    return try await StubCache { request in
      let name = request.path.split(separator: "/").last.map(String.init) ?? ""
      let file = request.path.contains("/nar/") ? "\(root)/nar/\(name)" : "\(root)/\(name)"
      return FileManager.default.contents(atPath: file).map { .init(status: 200, body: Array($0)) }
        ?? .notFound
    }
  }

  @Test(arguments: ["/a+b(c)", "/%61b%2Bc", "/a//b/./../c/?priority=3", ":0", "LOCALHOST"])
  func `as Nix prints it, too`(spelling: String) async throws {
    let cache = try await cache(Lab.shared)
    let port = cache.url.split(separator: ":").last ?? ""
    let address =
      switch spelling {
      case ":0": "http://127.0.0.1:0\(port)/main"
      case "LOCALHOST": "http://LOCALHOST:\(port)/main"
      default: cache.url + spelling
      }
    // The accepted cache in another spelling.
    let accepted = address.replacing("LOCALHOST", with: "localhost")
    let document = try await prove(
      ["qemu"], from: [], ["--substituter", address, "--expect-from", accepted], gives: .warm, [])
    #expect(document.targets[0].outputs[0].from == (try SubstituterURL(parsing: address).canonical))
  }

  @Test func `as names of directories`() async throws {
    let lab = try await Lab.shared
    let link = "\(lab.directory)/a+b"
    try? FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "\(lab.directory)/cache")
    try await prove(["qemu"], from: [], ["--substituter", "file://\(link)"], gives: .warm, [])
  }

  // MARK: A cache that is accepted and not used
}
