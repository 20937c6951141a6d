import Foundation
import NixLog
public import NixModel
import Subprocess

extension NixProgram {
  /// What `nix build` is asked to bring.
  public enum Goal: Hashable, Sendable {
    /// Outputs of a derivation.
    case outputs([String], of: StorePath)
    /// A path, which Nix can only copy.
    case path(StorePath)
  }

  /// What Nix may do beyond copying.
  public enum Leave: Hashable, Sendable {
    /// It may build; other goals go on where one fails, if `keepGoing`.
    case build(keepGoing: Bool)
    /// It gets no build slots and no builders.
    case copyOnly
  }

  /// Runs `nix build` and reads its log as it streams.
  ///
  /// - Parameters:
  ///   - reportsProgress: whether to tell of bytes that have arrived, which is most of what Nix logs.
  ///   - event: told each event as it comes; a derivation in return ends Nix.
  /// - Returns: the log and how Nix ended; progress is not kept.
  public func realize(
    _ goals: [Goal], _ leave: Leave, reportsProgress: Bool,
    event: @escaping @Sendable (LogEvent) -> StorePath?
  ) async -> LogTestimony {
    var log: LogTestimony?
    for arguments in commands(for: goals, leave) {
      let lines = log?.lines ?? 0
      let part = await build(arguments, reportsProgress) {
        event(LogEvent(line: lines + $0.line, kind: $0.kind))
      }
      // The first failure is the whole's.
      let failure = log.flatMap { $0.ending == .exited(code: 0) ? nil : $0.ending }
      let whole = log?.followed(by: part).ending(failure ?? part.ending) ?? part
      log = whole
      guard part.ending == .exited(code: 0) || leave == .build(keepGoing: true) || leave == .copyOnly else {
        break
      }
    }
    return log ?? .silent
  }

  private func build(
    _ arguments: [String], _ reportsProgress: Bool,
    event: @escaping @Sendable (LogEvent) -> StorePath?
  ) async -> LogTestimony {
    // A narinfo cache of the run's own: the user's may remember a path as missing that has been published
    // since, or an address of a cache that has changed its mind about priorities.
    let memory = FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: memory) }
    var reader = LogReader(reportsProgress: reportsProgress)
    var events: [LogEvent] = []
    var offender: StorePath?

    do {
      let record = try await Subprocess.run(
        launcher.launch(
          arguments, environment: ["XDG_CACHE_HOME": memory.path, "NIX_CACHE_HOME": memory.path + "/nix"]),
        input: .inputWriter, output: .sequence, error: .sequence
      ) { execution in
        // Nothing comes, and where it does, nobody asks: but a root directory with Nix in it need not have the
        // /dev/null that output is discarded into.
        async let drained: Void = Self.drain(execution.standardOutput)
        for try await buffer in execution.standardError {
          let before = offender
          buffer.withUnsafeBytes { bytes in
            reader.read(bytes) { note($0) }
          }
          if before == nil, offender != nil { try execution.send(signal: .terminate) }
        }
        reader.finish { note($0) }
        try await drained
      }
      let ending = offender.map { NixEnding.stopped(at: $0) } ?? NixEnding(record.terminationStatus)
      return LogTestimony(
        events: events, lines: reader.lines, bytes: reader.bytes, unreadable: reader.unreadableRecords,
        ending: ending)
    } catch is CancellationError {
      return LogTestimony(
        events: events, lines: reader.lines, bytes: reader.bytes, unreadable: reader.unreadableRecords,
        ending: .interrupted)
    } catch {
      let complaint = Complaint(subject: .error, text: Redaction.redact("Nix could not be run: \(error)"))
      events.append(LogEvent(line: reader.lines, kind: .complaint(complaint)))
      return LogTestimony(
        events: events, lines: reader.lines, bytes: reader.bytes, unreadable: reader.unreadableRecords,
        ending: offender.map { .stopped(at: $0) } ?? .exited(code: -1))
    }

    func note(_ found: LogEvent) {
      if case .progress = found.kind {
        _ = event(found)
      } else {
        events.append(found)
        if let derivation = event(found), offender == nil { offender = derivation }
      }
    }
  }

  private static func drain(_ output: SubprocessOutputSequence) async throws {
    for try await _ in output {}
  }

  /// The commands that bring `goals`: one, but for Nix before 2.15, which knows no `….drv^out`.
  ///
  /// There, a derivation imported from the store gives a value whose attributes are its outputs, and
  /// nothing is evaluated again.
  func commands(for goals: [Goal], _ leave: Leave) -> [[String]] {
    var options = ["build", "--no-link", "-v", "--log-format", "internal-json"] + store
    switch leave {
    case .build(let keepGoing): if keepGoing { options.append("--keep-going") }
    case .copyOnly: options += ["--keep-going", "--max-jobs", "0", "--builders", ""]
    }
    var installables: [String] = []
    var selections: [String] = []
    for goal in goals {
      switch goal {
      case .path(let path): installables.append(path.description)
      case .outputs(let names, let derivation):
        if version >= NixVersion(2, 15) {
          installables.append("\(derivation)^\(names.joined(separator: ","))")
        } else {
          selections += names.map { "(import \(derivation)).\"\($0)\"" }
        }
      }
    }
    var commands: [[String]] = []
    if !installables.isEmpty { commands.append(options + installables) }
    if !selections.isEmpty {
      commands.append(options + ["--impure", "--expr", "[ \(selections.joined(separator: " ")) ]"])
    }
    return commands
  }
}
