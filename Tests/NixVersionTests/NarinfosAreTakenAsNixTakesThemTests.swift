import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// What Nix reads, and `warmth` with it: a few rows of the tables in NixModelTests on the Nix at hand.
@Suite struct `Narinfos are taken as Nix takes them` {
  @Test(arguments: [
    Scenario(
      "a signature without padding, and two addresses", .warm, [], at: narinfo(),
      answers: .edited { text in
        let lines = text.split(separator: "\n").map { line in
          var line = String(line)
          while line.hasPrefix("Sig:"), line.hasSuffix("=") { line.removeLast() }
          return line
        }
        return "URL: nar/none\n" + lines.joined(separator: "\n") + "\n"
      }),
    Scenario("a cache that says of itself what Nix trims", .warm, []) { lab in
      [
        try await lab.cache {
          $0.path == "/nix-cache-info" ? .text("StoreDir:\t/nix/store \nPriority: 30.5\n") : $1
        }
      ]
    },
  ])
  func `whatever they hold`(scenario: Scenario) async throws { try await scenario.run() }

  @Test func `an unsigned path that is addressed by SHA-512 is warm`() async throws {
    let lab = try await Lab.shared
    // Made by hand: a file that holds "hello" and a newline four times, flat.
    let path = "/nix/store/ynl3a9lbri59a0aaw675rj7scib0i72k-sha512-f"
    let archive = Archive.ofFile(String(repeating: "hello\n", count: 4))
    let narinfo = """
      StorePath: \(path)
      URL: nar/x.nar
      Compression: none
      NarHash: sha256:139lrk57dhwnn056s7j72g61cpcyvmf3zivrlx0c5pr0naa1xc3w
      NarSize: \(archive.count)
      References:\(" ")
      CA: fixed:sha512:0xbm01s26wfpb1d9i8b9jq8l41wnbwz0mlv553338wx38m611823c25y7pfdlapc0ls9x0nfrnizk2rhq4zp1i7c705ym831m1d22fz

      """
    let cache = try await StubCache { request in
      switch request.path {
      case "/nix-cache-info": .text("StoreDir: /nix/store\n")
      case "/ynl3a9lbri59a0aaw675rj7scib0i72k.narinfo": .text(narinfo)
      case "/nar/x.nar": .init(status: 200, body: archive)
      default: .notFound
      }
    }
    let result = try await Trial(arguments: [
      "prove", path, "--substituter", cache.url, "--trusted-public-key", lab.publicKey,
    ]).run(in: lab)
    #expect(result.exit == .exited(0), "\(result.output)\(result.errors)")
  }
}

/// Archives as Nix makes them.
private enum Archive {
  /// The archive of one file.
  static func ofFile(_ content: String) -> [UInt8] {
    ["nix-archive-1", "(", "type", "regular", "contents", content, ")"].flatMap { text -> [UInt8] in
      let length = UInt64(text.utf8.count).littleEndian
      let padding = (8 - text.utf8.count % 8) % 8
      return withUnsafeBytes(of: length) { Array($0) } + Array(text.utf8)
        + [UInt8](repeating: 0, count: padding)
    }
  }
}
