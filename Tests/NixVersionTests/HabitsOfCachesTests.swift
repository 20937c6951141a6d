import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// Caches as people run them, on real Nix: where Nix copies, the proof is warm and the forecast says yes, and where it
/// does not, neither does.
@Suite struct `Habits of caches` {
  typealias Habit = @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer

  /// A habit, and since which Nix it is none to mind.
  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    let isCopied: @Sendable (Lab.Version) -> Bool
    let habit: Habit

    init(
      _ name: String, isCopied: @escaping @Sendable (Lab.Version) -> Bool = { _ in true },
      _ habit: @escaping Habit
    ) {
      self.name = name
      self.isCopied = isCopied
      self.habit = habit
    }

    var testDescription: String { name }

    /// Every narinfo packed by a command, as an object store has it.
    static func packed(
      _ encoding: String, by command: String,
      isCopied: @escaping @Sendable (Lab.Version) -> Bool = { _ in true }
    ) -> Row {
      Row("narinfos in \(encoding)", isCopied: isCopied) { request, answer in
        request.path.hasSuffix(".narinfo")
          ? .init(
            status: 200, headers: ["Content-Encoding": encoding], body: piped(answer.body, through: command))
          : answer
      }
    }
  }

  private static func piped(_ bytes: [UInt8], through command: String) -> [UInt8] {
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.standardInput = input
    process.standardOutput = output
    guard (try? process.run()) != nil else { return [] }
    // A narinfo fits into a pipe.
    try? input.fileHandleForWriting.write(contentsOf: Data(bytes))
    try? input.fileHandleForWriting.close()
    let packed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Array(packed)
  }

  static let rows: [Row] = [
    Row("404 to HEAD of an archive") { $0.method == "HEAD" ? .notFound : $1 },
    .packed("x-gzip", by: "gzip -c", isCopied: { !(.init(2, 22)..<Lab.Version(2, 34)).contains($0) }),
    .packed("xz", by: "xz -c", isCopied: { $0 < Lab.Version(2, 34) }),
    Row("six redirections") { request, answer in
      // Each leads to the same file with one letter more that is spelled by its number.
      let hop = request.path.count { $0 == "%" }
      guard request.path.hasSuffix(".narinfo"), hop < 6, let name = request.path.removingPercentEncoding
      else {
        return answer
      }
      let letters = name.utf8.dropFirst().prefix(hop + 1).map { "%" + String($0, radix: 16) }.joined()
      return .init(status: 302, headers: ["Location": "/\(letters)\(name.dropFirst(hop + 2))"])
    },
  ]

  @Test(arguments: rows) func `are minded as Nix minds them`(row: Row) async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache(faults: row.habit)
    let isCopied = row.isCopied(lab.version)
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--substituter", cache.url, "--trusted-public-key",
        lab.publicKey,
      ]
    ).run(in: lab)
    #expect(
      try result.document().verdict == (isCopied ? "warm" : "inconclusive"),
      "\(result.output)\(result.errors)")
    let forecast = try await Trial(
      arguments: [
        "forecast", try lab.path("qemu").description, "--nix", lab.nix, "--recursive", "--nars",
        "--substituter",
        cache.url, "--trusted-public-key", lab.publicKey,
      ]
    ).run(in: lab)
    #expect(forecast.exit == .exited(isCopied ? 0 : 2), "\(forecast.output)\(forecast.errors)")
  }

  @Test(arguments: ["stop", "forbid"])
  func `narinfos that vanish after the survey are cold, whether Nix may build or not`(builds: String)
    async throws
  {
    let lab = try await Lab.shared
    let file = "/\(try lab.path("libguestfs-appliance").hashPart).narinfo"
    let cache = try await lab.cache { $0.isFromNix && $0.path == file ? .notFound : $1 }
    let document = try await prove(
      ["libguestfs"], from: [cache], ["--builds", builds], gives: .cold,
      builds == "stop" ? [.notInSubstituter, .forbiddenBuild] : [.notInSubstituter, .nixFailed],
      because: [.notInSubstituter])
    #expect(document.targets[0].reasons[0].path == (try lab.path("libguestfs-appliance").description))
    #expect(document.targets[0].reasons[0].message.contains("when the survey asked"))
  }
}
