import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import Synchronization
import TestSupport
import Testing

/// A value that several tasks change.
private final class Box<Value: Sendable>: Sendable {
  private let content: Mutex<Value>

  init(_ value: Value) { content = Mutex(value) }

  var value: Value { content.withLock { $0 } }

  func change(_ change: @Sendable (inout Value) -> Void) { content.withLock { change(&$0) } }
}

/// Whatever befalls `warmth publish`, nobody else gets its token.
@Suite struct `The publisher's token` {
  /// Where a token was seen.
  private final class Sightings: Sendable {
    private let seen = Mutex<(found: Set<String>, last: Set<Int32>, samples: Int)>(
      (found: [], last: [], samples: 0))

    var found: Set<String> { seen.withLock { $0.found } }
    var samples: Int { seen.withLock { $0.samples } }

    /// Looks at every process: no arguments may hold the token, and no environment but that of `script`.
    func look(for token: String, besides script: Int32) {
      let bytes = Data(token.utf8)
      var holders: Set<Int32> = []
      for process in (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap(Int32.init)
        ?? []
      {
        let arguments = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
        if arguments.range(of: bytes) != nil {
          seen.withLock { _ = $0.found.insert("the arguments of \(process)") }
        }
        let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
        if process != script, environment.range(of: bytes) != nil { holders.insert(process) }
      }
      seen.withLock { seen in
        seen.samples += 1
        // A process that has just been forked looks like its parent, until it is what it will be.
        for holder in holders.intersection(seen.last) { seen.found.insert("the environment of \(holder)") }
        seen.last = holders
      }
    }
  }

  /// The files that hold a text; all of them, where it is empty.
  private func files(with text: String, below directories: [String]) -> [String] {
    let bytes = Data(text.utf8)
    return directories.flatMap { directory -> [String] in
      let entries = FileManager.default.enumerator(
        at: URL(filePath: directory), includingPropertiesForKeys: [.isRegularFileKey])
      return (entries?.compactMap { $0 as? URL } ?? []).filter { file in
        guard (try? file.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true else {
          return false
        }
        let content = FileManager.default.contents(atPath: file.path)
        return bytes.isEmpty || content?.range(of: bytes) != nil
      }.map(\.path)
    }
  }

  private func expectNothingLeft(of publishing: Publishing, _ comment: Comment) async throws {
    for _ in 0..<200 where !Undertaking.processes(with: publishing.directory).isEmpty {
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(Undertaking.processes(with: publishing.directory) == [], comment)
    #expect(files(with: publishing.token, below: [publishing.directory, "/dev/shm"]) == [], comment)
    // Killed outright before anybody watches over it, it may leave an empty folder.
    let left = files(with: "", below: ["\(publishing.directory)/tmp"])
    #expect(left.filter { $0.contains("/warmth-work-") } == [], comment)
  }

  @Test func `is in no arguments, no other environment, and no trace`() async throws {
    var publishing = try await Publishing("--installable", "libguestfs", "--build-closure")
    publishing.door = ["-x"]
    let (token, sightings) = (publishing.token, Sightings())
    let directory = publishing.directory
    let places = Box<[String]>([])
    let environments = Box<[Data]>([])
    let limits = Box<[String]>([])
    let result = try await publishing.run { process in
      while !Task.isCancelled {
        sightings.look(for: token, besides: process)
        let own = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
        if !own.isEmpty { environments.change { $0.append(own) } }
        if let text = FileManager.default.contents(atPath: "/proc/\(process)/limits") {
          limits.change { $0.append(String(decoding: text, as: UTF8.self)) }
        }
        places.change { found in
          if found.isEmpty { found = self.files(with: token, below: [directory, "/dev/shm"]) }
        }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    #expect(result.exit == .exited(0))
    #expect(sightings.found == [])
    #expect(sightings.samples >= 3)
    #expect(!result.errors.contains(token))
    #expect(!result.output.contains(token))
    // It has been where the client reads it, so that these eyes can see.
    #expect(places.value.first?.hasSuffix("/token") == true)
    // The script has none either, once it has begun.
    let late = environments.value.suffix(3)
    #expect(late.count == 3)
    #expect(late.allSatisfy { $0.range(of: Data(token.utf8)) == nil })
    // No core is written, to a file or to a program.
    #expect(limits.value.dropLast().last?.contains(#/Max core file size\s+[01]\s/#) == true)
    try await expectNothingLeft(of: publishing, "")
  }

  @Test func `does not wait for what hangs, when the script is killed outright`() async throws {
    let publishing = try await Publishing("--installable", "qemu_kvm")
    let (token, directory, marker) = (
      publishing.token, publishing.directory, "\(publishing.directory)/hangs"
    )
    try publishing.provide(
      "nix",
      script: """
        case "$*" in *build*--out-link*) touch \(marker); exec sleep 300 ;; esac
        exec nix "$@"
        """)
    let places = Box<[String]>([])
    let killed = Box<ContinuousClock.Instant?>(nil)
    _ = try await publishing.run { process in
      while !FileManager.default.fileExists(atPath: marker) { try await Task.sleep(for: .milliseconds(20)) }
      places.change { $0 = self.files(with: token, below: [directory, "/dev/shm"]) }
      killed.change { $0 = .now }
      kill(process, SIGKILL)
    }
    #expect(!places.value.isEmpty)
    try await expectNothingLeft(of: publishing, "")
    #expect(try #require(killed.value).duration(to: .now) < .seconds(60))
  }

  @Test func `is gone after a signal at any moment, and so is everything that ran`() async throws {
    let seed =
      ProcessInfo.processInfo.environment["WARMTH_TEST_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    // From the first instant to a push that takes its time, each signal in a stretch of its own.
    let count = Effort.isLong ? 30 : 6
    let cuts = (0..<count).map { number in
      (
        [SIGKILL, SIGTERM, SIGKILL, SIGINT, SIGKILL, SIGHUP][number % 6],
        (Double(number) + .random(in: 0...1, using: &random)) * 4.5 / Double(count)
      )
    }
    let withToken = Box(0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (signal, seconds) in cuts {
        group.addTask {
          let comment: Comment = "signal \(signal) after \(seconds) s; WARMTH_TEST_SEED=\(seed)"
          let publishing = try await Publishing("--installable", "libguestfs", "--build-closure")
          try publishing.setServer("latency", "0.4")
          let (token, directory, sightings) = (publishing.token, publishing.directory, Sightings())
          let result = try await publishing.run { process in
            try await Task.sleep(for: .seconds(seconds))
            sightings.look(for: token, besides: process)
            if !self.files(with: token, below: [directory, "/dev/shm"]).isEmpty {
              withToken.change { $0 += 1 }
            }
            kill(process, signal)
          }
          #expect(sightings.found == [], comment)
          try await expectNothingLeft(of: publishing, comment)
          if signal != SIGKILL, result.written != nil {
            let summary = try result.summary()
            #expect(["interrupted", "published"].contains(summary.publication.state), comment)
            #expect(result.exit == .exited(summary.publication.exitCode), comment)
            if summary.publication.state == "interrupted" {
              #expect(summary.codes.contains("interrupted"), comment)
              #expect(summary.publication.exitCode == 128 + signal, comment)
            }
          }
        }
      }
      try await group.waitForAll()
    }
    // Otherwise nothing would have been there to be left.
    #expect(withToken.value >= count / 3, "WARMTH_TEST_SEED=\(seed)")
  }
}
