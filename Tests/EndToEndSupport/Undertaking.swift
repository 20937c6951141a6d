import EvidenceStore
import Foundation
package import NixModel
package import Subprocess
import SystemPackage
package import TestSupport
package import Testing

/// One `warmth prove` in a private `/nix`, which something befalls while it runs.
///
/// Its first target sleeps for ten minutes, unless others are named.
package struct Undertaking: Sendable {
  package let lab: Lab
  package let cache: StubCache
  package let directory: String
  /// Attributes of `lab.nix`, and options.
  package var arguments = ["slow", "--builds", "observe"]
  /// The Nix to prove with.
  package var nix: String
  /// The evidence store, as the run sees it.
  package var evidence: String
  /// What a shell makes of the command, which it has as `"$@"`.
  package var script = #"exec "$@""#
  /// Further variables.
  package var environment: [String: String] = [:]

  /// When something befalls it.
  package enum Moment: Sendable {
    /// As soon as its progress has this in it.
    case says(String)
    /// So long after it was started.
    case after(Duration)

    /// Nix is at work, and will be for ten minutes.
    package static let isBuilding = Moment.says("building /nix/store/")
  }

  /// How it ended.
  package struct End: Sendable {
    package let exit: TerminationStatus
    package let errors: String
    /// The process that it had.
    package let process: Int32
  }

  package init(_ arguments: String...) async throws {
    lab = try await Lab.shared
    cache = try await lab.cache()
    directory = lab.scratch("cut")
    nix = lab.nix
    evidence = "\(directory)/evidence/warmth.sqlite"
    if !arguments.isEmpty { self.arguments = arguments }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  /// Runs it, and does `act` to its process at the moment.
  package func run(
    at moment: Moment = .isBuilding, _ act: @escaping @Sendable (_ process: Int32) throws -> Void = { _ in }
  ) async throws -> End {
    let record = try await Subprocess.run(
      try Lab.mounting("private-nix"),
      arguments: Arguments([directory, "sh", "-c", script, "sh"] + command),
      environment: .inherit.updating(
        Dictionary(
          uniqueKeysWithValues: environment.compactMap { name, value in
            Environment.Key(rawValue: name).map { ($0, value) }
          })),
      input: .none, output: .discarded, error: .sequence
    ) { execution in
      // private-nix becomes the shell, and that the proof, if it is not told otherwise.
      let process = execution.processIdentifier.value
      let timer = Task {
        guard case .after(let time) = moment else { return }
        try await Task.sleep(for: time)
        try act(process)
      }
      defer { timer.cancel() }
      var errors = ""
      var isDue = true
      for try await buffer in execution.standardError {
        errors += buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        if isDue, case .says(let text) = moment, errors.contains(text) {
          isDue = false
          try act(process)
        }
      }
      return errors
    }
    return End(
      exit: record.terminationStatus, errors: record.closureResult,
      process: record.processIdentifier.value)
  }

  /// The command line.
  package var command: [String] {
    [lab.warmth, "prove", "-f", "\(Lab.fixtures)/lab.nix"] + arguments + [
      "--nix", nix, "--substituter", cache.url, "--trusted-public-key", lab.publicKey, "--evidence", evidence,
    ]
  }

  /// The run that was recorded, by a reader as `warmth audit` is one.
  package func recorded() throws -> Run { try #require(try EvidenceStore(reading: evidence).latestRun()) }

  /// Waits until nothing is left of the run: whatever Nix started has its directory in its environment.
  package func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    for _ in 0..<150 {
      if Self.processes(with: directory).isEmpty { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record(
      "still alive after 15 seconds: \(Self.processes(with: directory))", sourceLocation: sourceLocation)
  }

  /// A store in which a warm run is recorded.
  package static func storeOfWarmRun() async throws -> String {
    let undertaking = try await Undertaking("libguestfs")
    let end = try await undertaking.run()
    try #require(end.exit == .exited(0), "\(end.errors)")
    return undertaking.evidence
  }

  /// Whether a process has come so far that it handles a signal.
  package static func isReceiving(_ signal: Int32, _ process: Int32) -> Bool {
    let status = FileManager.default.contents(atPath: "/proc/\(process)/status") ?? Data()
    let text = String(decoding: status, as: UTF8.self)
    let caught = text.firstMatch(of: /^Name:\s+warmth\n(?s:.*)SigCgt:\s+([0-9a-f]+)/)
    return (caught.flatMap { UInt64($0.1, radix: 16) } ?? 0) & (1 << UInt64(signal - 1)) != 0
  }

  /// The processes that have `text` in their environment.
  package static func processes(with text: String) -> [Int32] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { Int32($0) }.filter { process in
      guard var environment = FileManager.default.contents(atPath: "/proc/\(process)/environ") else {
        return false
      }
      environment.append(0)
      return environment.withUnsafeBytes { bytes in
        guard var variable = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return false }
        let end = variable + bytes.count
        // One terminated string after another.
        while variable < end {
          if strstr(variable, text) != nil { return true }
          variable += strlen(variable) + 1
        }
        return false
      }
    }
  }
}

extension Run {
  /// The codes of all of its reasons.
  package var codes: Set<ReasonCode> { Set(facts.map(\.code)) }

  /// The facts of all of its reasons.
  package var facts: [Reason.Fact] {
    conclusion?.judgment.targets.flatMap(\.ruling.reasons).map(\.fact) ?? []
  }
}

/// The store at `path` opens. It holds so many warm runs from before, so many that were added, and besides
/// only some that were cut off.
package func expectWarmRuns(
  in path: String, before: Int, added: Int = 0, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var verdicts: [Verdict] = []
  do { verdicts = try EvidenceStore(reading: path).runs(limit: 10).map(\.verdict) } catch {
    #expect([.absent, .empty].contains(error.flaw), "\(error)", sourceLocation: sourceLocation)
  }
  #expect(verdicts.count { $0 == .warm } == before + added, sourceLocation: sourceLocation)
  #expect(verdicts.allSatisfy { $0 != .cold }, sourceLocation: sourceLocation)
}
