import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The chain, signatures and bundles as their users meet them.
@Suite struct `Chained evidence` {
  private struct Answer {
    let code: Int32?
    let output: String
    let errors: String
  }

  private let directory = Scratch.path("test")

  init() throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  private func shell(_ script: String, _ arguments: [String] = []) async throws -> Answer {
    let record = try await Subprocess.run(
      .path("/bin/bash"),
      arguments: Arguments(["-c", script, "test", try await Lab.shared.warmth] + arguments),
      environment: .inherit.updating(["WARMTH_EVIDENCE": "\(directory)/evidence.sqlite"]),
      workingDirectory: FilePath(directory), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    let code: Int32? = if case .exited(let code) = record.terminationStatus { code } else { nil }
    return Answer(code: code, output: record.standardOutput, errors: record.standardError)
  }

  @Test func `loses nothing where eight write at once`() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let each = Effort.isLong ? 100 : 10
    // Nix is not there, so that each run is its evidence alone.
    let loop =
      #"for _ in {1..\#(each)}; do "$1" prove x#y --nix /nonexistent >> out 2>> errors; [ $? = 2 ] || exit 1; done"#
    let codes = try await withThrowingTaskGroup(of: Int32?.self) { group in
      for _ in 0..<8 { group.addTask { try await shell(loop).code } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let errors = (try? String(contentsOfFile: "\(directory)/errors", encoding: .utf8)) ?? ""
    let others = Set(errors.split(separator: "\n")).filter { !$0.contains("/nonexistent") }
    #expect(codes == Array(repeating: 0, count: 8), "\(others.sorted().suffix(5))")
    let store = try EvidenceStore(reading: "\(directory)/evidence.sqlite")
    #expect(try store.runs(limit: 9999).count { $0.conclusion != nil } == 8 * each)
    let verification = try store.verify()
    #expect(verification.defects.isEmpty)
    #expect(verification.runs == 8 * each)
    #expect(verification.links == 16 * each)
  }

  @Test func `is signed by the collector, carried away, and believed elsewhere`() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let script = #"""
      set -e
      public=$("$1" key generate collector-1 key)
      [ "$(stat -c %a key)" = 600 ]
      [ "$("$1" key public key)" = "$public" ]
      secret=$(cut -d: -f2 key)
      "$1" prove x#y --nix /nonexistent --sign-key key || [ $? = 2 ]
      "$1" prove x#y --nix /nonexistent || [ $? = 2 ]
      ! grep -rqF "$secret" evidence.sqlite
      first=$("$1" audit runs --json | jq -r '.runs[-1].id')
      second=$("$1" audit runs --json | jq -r '.runs[0].id')
      "$1" audit export "$first" -o first.bundle
      "$1" audit export "$second" > second.bundle
      "$1" audit verify --evidence first.bundle --trusted-key "$public"
      "$1" audit import first.bundle --evidence central.sqlite --trusted-key "$public"
      "$1" audit import second.bundle --evidence central.sqlite --trusted-key "$public" && exit 9
      "$1" audit verify --evidence central.sqlite --trusted-key "$public" --json > verification
      jq -e '.intact and .runs == 1 and .signed == 1' verification
      "$1" audit verify --trusted-key "$public" && exit 9 || [ $? = 1 ]
      head=$("$1" audit verify --json | jq -r .head.digest)
      "$1" prove x#y --nix /nonexistent || [ $? = 2 ]
      "$1" audit verify --head "$head"
      sqlite3 evidence.sqlite 'DROP TRIGGER link_is_never_removed' 'DELETE FROM link WHERE seq > 2'
      "$1" audit verify --head "$head" && exit 9 || [ $? = 1 ]
      """#
    let answer = try await shell(script)
    #expect(answer.code == 0, "\(answer.output)\n\(answer.errors)")
    #expect(answer.errors.contains("carries no valid signature of a trusted key; nothing of it was imported"))
  }

  @Test func `refuses what is no key, no bundle and no store, and leaves it as it is`() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let cases: [(command: String, code: Int32, words: String)] = [
      (#""$1" prove x#y --sign-key nowhere"#, 64, "the key's file 'nowhere' cannot be read: No such file"),
      (#"umask 077; echo hello > key; "$1" prove x#y --sign-key key"#, 64, "there is no secret key in 'key'"),
      (#""$1" key generate 'a:b' other"#, 64, "'a:b' is no name for a key"),
      (#"touch there; "$1" key generate a there"#, 64, "'there' is there already"),
      (#""$1" audit verify --head 12"#, 64, "'12' is no head"),
      (#""$1" audit verify --trusted-key nonsense"#, 64, "is not a usable key"),
      (#""$1" audit verify"#, 74, "there is no evidence store"),
      (#"echo '{"bundle":"warmth-bundle-1","schema":99}' > b; "$1" audit import b"#, 74, "upgrade warmth"),
      (#"printf '{"bundle":"warmth-bundle-1"' > b; "$1" audit import b"#, 74, "in line 1"),
      (#"head -c 5000 /dev/urandom > r; "$1" audit import r"#, 74, "is no SQLite database"),
      (
        #"sqlite3 f 'CREATE TABLE x (y)'; "$1" audit verify --evidence f"#, 74,
        "is another program's database"
      ),
      (
        #"sqlite3 f2 'CREATE TABLE x (y)'; "$1" audit prune --older-than 1d --evidence f2"#, 74,
        "another program's"
      ),
      (
        #""$1" audit prune --older-than 1d --evidence nowhere"#, 74, "there is no evidence store at 'nowhere'"
      ),
      (#""$1" audit export"#, 64, "Name the runs to export, or --all"),
    ]
    for (command, code, words) in cases {
      let answer = try await shell(command)
      #expect(answer.code == code, "\(command): \(answer.errors)")
      #expect(answer.errors.contains(words), "\(command): \(answer.errors)")
    }
  }
}
