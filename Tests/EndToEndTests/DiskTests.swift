import EvidenceStore
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// Whatever happens to the disk: exit code 74 where the evidence could not be written, with a sentence,
/// and what was recorded before stays.
@Suite struct `A run that is cut off from its disk` {
  /// A proof whose evidence lies on a disk of its own, of `size` KiB, with the store `kept` on it. What is
  /// on the disk at the end is in `saved`.
  private func onDisk(
    of size: Int, keeping kept: String? = nil, _ arguments: [String]
  ) async throws -> (undertaking: Undertaking, saved: String) {
    var undertaking = try await Undertaking()
    let disk = "\(undertaking.directory)/disk"
    let saved = "\(undertaking.directory)/saved"
    for directory in [disk, saved] {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }
    undertaking.arguments = arguments
    undertaking.evidence = "\(disk)/evidence/warmth.sqlite"
    undertaking.environment = ["DISK": disk, "SAVED": saved, "KEPT": kept ?? ""]
    // private-nix has made a mount namespace, so nobody else sees this disk.
    undertaking.script = """
      mount -t tmpfs -o mode=755,size=\(size)k tmpfs "$DISK" || exit 99
      if [ -n "$KEPT" ]; then mkdir "$DISK/evidence" && cp "$KEPT" "$DISK/evidence/warmth.sqlite"; fi
      "$@"
      code=$?
      rm -f "$DISK/fill"
      cp -r "$DISK"/. "$SAVED"
      exit $code
      """
    return (undertaking, "\(saved)/evidence/warmth.sqlite")
  }

  /// A store in which a warm run is recorded.
  private func keptStore() async throws -> String {
    let undertaking = try await Undertaking("libguestfs")
    let end = try await undertaking.run()
    try #require(end.exit == .exited(0), "\(end.errors)")
    return undertaking.evidence
  }

  @Test(arguments: [false, true])
  func `that is full, whenever it is full, says so`(isStoreThere: Bool) async throws {
    let kept = isStoreThere ? try await keptStore() : nil
    let least = try kept.map { try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int ?? 0 } ?? 0
    let turnstile = Turnstile(4)
    let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
      for size in stride(from: least / 1024 + 4, through: least / 1024 + (kept == nil ? 600 : 120), by: kept == nil ? 20 : 4) {
        group.addTask {
          try await turnstile.pass {
            let (undertaking, saved) = try await onDisk(of: size, keeping: kept, ["libguestfs"])
            let end = try await undertaking.run()
            try await undertaking.expectNothingLeft()
            guard case .exited(let code) = end.exit, [0, 74].contains(code) else {
              Issue.record("on \(size) KiB it ended with \(end.exit): \(end.errors)")
              return -1
            }
            if code == 74 {
              #expect(end.errors.contains("there is no room left"), "on \(size) KiB: \(end.errors)")
              #expect(end.errors.contains(undertaking.evidence), "on \(size) KiB: \(end.errors)")
            }
            try expectRuns(in: saved, before: kept == nil ? 0 : 1, isProved: code == 0)
            return code
          }
        }
      }
      return try await group.reduce(into: [Int32: Int]()) { $0[$1, default: 0] += 1 }
    }
    #expect((codes[74] ?? 0) > 5, "\(codes)")
    #expect((codes[0] ?? 0) > 5, "\(codes)")
  }

  /// The store at `path` opens, holds what it held before, and of a run that failed nothing but its beginning.
  private func expectRuns(in path: String, before: Int, isProved: Bool) throws {
    let runs: [Run]
    do { runs = try EvidenceStore(reading: path).runs(limit: 10) } catch {
      #expect([.absent, .empty].contains(error.flaw), "\(error)")
      runs = []
    }
    let verdicts = runs.reversed().map(\.verdict)
    #expect(verdicts.prefix(before).allSatisfy { $0 == .warm } && verdicts.count >= before)
    #expect(
      isProved
        ? verdicts.dropFirst(before) == [.warm] : verdicts.dropFirst(before).allSatisfy { $0 != .warm })
  }

  @Test func `that fills up while Nix is at work says so`() async throws {
    let kept = try await keptStore()
    let (undertaking, saved) = try await onDisk(
      of: 4096, keeping: kept, ["slow", "--builds", "observe", "--timeout", "4s"])
    let end = try await undertaking.run { [disk = undertaking.environment["DISK"] ?? ""] process in
      // The disk as the run sees it.
      try fill("/proc/\(process)/root\(disk)/fill")
    }
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(74), "\(end.errors)")
    #expect(end.errors.contains("there is no room left"), "\(end.errors)")
    try expectRuns(in: saved, before: 1, isProved: false)
  }

  /// Writes until there is no room left.
  private func fill(_ path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT, 0o600)
    guard file >= 0 else { throw Lab.Missing(description: "\(path) cannot be made") }
    defer { close(file) }
    let zeros = [UInt8](repeating: 0, count: 4096)
    while write(file, zeros, zeros.count) > 0 {}
  }

  /// What can happen to the evidence.
  enum Mishap: CaseIterable, Sendable {
    case fileRemoved, directoryRemoved, fileReplaced, writeProtected
  }

  @Test(arguments: Mishap.allCases)
  func `whose evidence is taken away says so`(mishap: Mishap) async throws {
    var undertaking = try await Undertaking("slow", "--builds", "observe", "--timeout", "3s")
    // Root overlooks write protection, unless it has given that up.
    undertaking.script = #"exec setpriv --bounding-set=-dac_override --inh-caps=-dac_override -- "$@""#
    let evidence = undertaking.evidence
    let directory = URL(filePath: evidence).deletingLastPathComponent().path
    let kept = try await keptStore()
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: kept, toPath: evidence)
    let end = try await undertaking.run { _ in
      switch mishap {
      case .fileRemoved: unlink(evidence)
      case .directoryRemoved: rename(directory, directory + "-elsewhere")
      case .fileReplaced:
        unlink(evidence)
        try FileManager.default.copyItem(atPath: kept, toPath: evidence)
      case .writeProtected:
        chmod(evidence, 0o444)
        chmod(directory, 0o555)
      }
    }
    chmod(directory, 0o755)
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(74), "\(end.errors)")
    let complaint = end.errors.split(separator: "\n").last { $0.hasPrefix("warmth: ") } ?? ""
    #expect(complaint.contains(evidence), "\(end.errors)")
    switch mishap {
    case .fileRemoved: #expect(complaint.contains("was removed or replaced"))
    case .directoryRemoved: try expectRuns(in: directory + "-elsewhere/warmth.sqlite", before: 1, isProved: false)
    case .fileReplaced:
      #expect(complaint.contains("was removed or replaced"))
      try expectRuns(in: evidence, before: 1, isProved: false)
    case .writeProtected:
      #expect(complaint.contains("Permission denied"))
      try expectRuns(in: evidence, before: 1, isProved: false)
    }
  }

  @Test(arguments: [40, 200, 330])
  func `is inconclusive where there is no room for the paths`(kilobytes: Int) async throws {
    var undertaking = try await Undertaking("big")
    undertaking.environment = [
      "NIX": undertaking.nix, "PRIVATE_NIX_SIZE": "16m", "ROOM": "\(kilobytes)",
      "EXPRESSIONS": "\(Lab.fixtures)/lab.nix",
    ]
    // There is room for the evaluation, and then for no more than a part of the path.
    undertaking.script = #"""
      "$NIX" eval -f "$EXPRESSIONS" --raw big.drvPath > /dev/null || exit 99
      free=$(df -k --output=avail /nix | tail -n 1)
      head -c $(((free - ROOM) * 1024)) /dev/zero > /nix/fill
      exec "$@"
      """#
    let end = try await undertaking.run()
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(2), "\(end.errors)")
    let run = try undertaking.recorded()
    #expect(run.codes == [.nixFailed])
    #expect("\(run.facts)".contains("No space left on device"), "\(run.facts)")
  }
}

/// Who reads the results may go, or never have been there.
@Suite struct `A run that is cut off from its reader` {
  @Test(arguments: [
    #""$@" > /dev/full; echo $? > "$CODE""#, #""$@" 2> /dev/full; echo $? > "$CODE""#,
    #""$@" >&-; echo $? > "$CODE""#, #""$@" 2>&-; echo $? > "$CODE""#,
    #""$@" >&- 2>&-; echo $? > "$CODE""#, #""$@" <&- >&- 2>&-; echo $? > "$CODE""#,
    #"{ "$@"; echo $? > "$CODE"; } | head -c 0"#, #"{ "$@"; echo $? > "$CODE"; } 2>&1 | head -c 0"#,
  ])
  func `proves all the same`(script: String) async throws {
    var undertaking = try await Undertaking("libguestfs")
    let code = "\(undertaking.directory)/code"
    undertaking.environment = ["CODE": code]
    undertaking.script = script
    let end = try await undertaking.run()
    try await undertaking.expectNothingLeft()
    let exit = try String(contentsOfFile: code, encoding: .utf8)
    #expect(exit == "0\n", "\(end.errors)")
    let verdict = try undertaking.recorded().verdict
    #expect(verdict == .warm)
  }
}
