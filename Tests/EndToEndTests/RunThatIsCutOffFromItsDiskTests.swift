import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// A disk that is full: exit code 74 where the evidence could not be written, inconclusive where the paths
/// could not; each with a sentence.
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
      mount -t tmpfs -o mode=755,size=\(size)k tmpfs "$DISK" || {
        echo "this test needs a small disk of its own: run it as root, or where user namespaces are allowed" >&2
        exit 99
      }
      if [ -n "$KEPT" ]; then mkdir "$DISK/evidence" && cp "$KEPT" "$DISK/evidence/warmth.sqlite"; fi
      "$@"
      code=$?
      rm -f "$DISK/fill"
      cp -r "$DISK"/. "$SAVED"
      exit $code
      """
    return (undertaking, "\(saved)/evidence/warmth.sqlite")
  }

  @Test(arguments: [false, true])
  func `that is full, whenever it is full, says so`(isStoreThere: Bool) async throws {
    let kept = isStoreThere ? try await Undertaking.storeOfWarmRun() : nil
    // In KiB: from no room for anything to more than enough.
    let least = try kept.map { try Data(contentsOf: URL(filePath: $0)).count / 1024 } ?? 0
    let sizes =
      kept == nil ? stride(from: 4, to: 600, by: 20) : stride(from: least + 4, to: least + 120, by: 4)
    let turnstile = Turnstile(4)
    let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
      for size in Effort.share(of: Array(sizes)) {
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
            try expectWarmRuns(in: saved, before: kept == nil ? 0 : 1, added: code == 0 ? 1 : 0)
            return code
          }
        }
      }
      return try await group.reduce(into: [Int32: Int]()) { $0[$1, default: 0] += 1 }
    }
    #expect((codes[74] ?? 0) >= Effort.share(of: 5), "\(codes)")
    #expect((codes[0] ?? 0) >= Effort.share(of: 5), "\(codes)")
  }

  @Test func `that fills up while Nix is at work says so`() async throws {
    let kept = try await Undertaking.storeOfWarmRun()
    let (undertaking, saved) = try await onDisk(
      of: 4096, keeping: kept, ["slow", "--builds", "observe"])
    let end = try await undertaking.run { [disk = undertaking.environment["DISK"] ?? ""] process in
      // The disk as the run sees it.
      try fill("/proc/\(process)/root\(disk)/fill")
      // The shell's only child is the proof.
      let children = try String(
        contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
      for child in children.split(separator: " ").compactMap({ Int32($0) }) { kill(child, SIGTERM) }
    }
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(74), "\(end.errors)")
    #expect(end.errors.contains("there is no room left"), "\(end.errors)")
    try expectWarmRuns(in: saved, before: 1)
  }

  /// Writes until there is no room left.
  private func fill(_ path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT, 0o600)
    guard file >= 0 else { throw Lab.Missing(description: "\(path) cannot be made") }
    defer { close(file) }
    let zeros = [UInt8](repeating: 0, count: 4096)
    while write(file, zeros, zeros.count) > 0 {}
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
