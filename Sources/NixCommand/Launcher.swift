import Foundation
import NixLog
import NixModel
import Subprocess
import SystemPackage

/// Starts Nix and hears it out.
///
/// Settings go through `NIX_CONFIG` and never through arguments, because a substituter's address can hold
/// a password and arguments are public.
struct Launcher: Sendable {
  /// The program's path.
  let path: String
  /// The command that Nix is started through, so that it cannot outlive us (see ``Supervisor``).
  let supervision: [String]
  /// Settings on top of the user's own.
  var configuration = NixConfiguration()

  /// Variables of ours that hold a secret. Nix evaluates what strangers wrote, which may read its environment.
  private static let withheld = ["WARMTH_BUNDLE_URL"]

  /// How many bytes of the log are kept as text.
  private static let longestText = 4096

  /// Asks something that is answered on standard output.
  ///
  /// - Returns: what it printed.
  func ask(_ arguments: [String], limit: Int = 64 << 20) async throws(NixError) -> [UInt8] {
    let answer = try await hear(arguments, limit: limit)
    guard answer.log.ending == .exited(code: 0) else {
      throw .failed(
        question: (["nix"] + arguments.prefix(2)).joined(separator: " "), exit: answer.log.ending.phrase,
        message: answer.message)
    }
    return answer.output
  }

  /// What a command printed and logged, and how it ended.
  struct Answer {
    /// What stood on standard output.
    let output: [UInt8]
    /// The log, progress left out.
    let log: LogTestimony
    /// The beginning of standard error, for a failure that the log does not explain.
    let otherText: String

    /// The error that ended the command: Nix ends with the error itself.
    var message: String {
      let last = log.events.last { event in
        guard case .complaint(let complaint) = event.kind else { return false }
        return complaint.subject != .warning
      }
      guard case .complaint(let complaint)? = last?.kind else { return otherText }
      return complaint.text
    }
  }

  /// Runs a command to its end, and reads its log as it streams.
  ///
  /// - Parameter event: told each event as it comes; a derivation in return ends Nix.
  /// - Throws: ``NixError/unusable(program:cause:)`` where it cannot be run at all.
  func hear(
    _ arguments: [String], limit: Int = 64 << 20,
    event: @escaping @Sendable (LogEvent) -> StorePath? = { _ in nil }
  ) async throws(NixError) -> Answer {
    do {
      let outcome = try await Subprocess.run(
        launch(arguments), input: .inputWriter, output: .sequence, error: .sequence
      ) { execution in
        async let output = Self.bytes(of: execution.standardOutput, limit: limit)
        var reader = LogReader()
        var events: [LogEvent] = []
        var offender: StorePath?
        var text: [UInt8] = []
        func note(_ found: LogEvent) {
          events.append(found)
          if let derivation = event(found), offender == nil { offender = derivation }
        }
        for try await buffer in execution.standardError {
          let before = offender
          buffer.withUnsafeBytes { bytes in
            text.append(contentsOf: bytes.prefix(Self.longestText - text.count))
            reader.read(bytes) { note($0) }
          }
          if before == nil, offender != nil { try execution.send(signal: .terminate) }
        }
        // An address that was cut off shows a password that nothing tells from other text.
        if text.count == Self.longestText {
          text.removeLast(text.reversed().prefix { $0 > 0x20 }.count)
        }
        reader.finish { note($0) }
        let log = LogTestimony(
          events: events, lines: reader.lines, bytes: reader.bytes, unreadable: reader.unreadableRecords,
          ending: offender.map { .stopped(at: $0) } ?? .notStarted)
        return (output: try await output, log: log, text: String(decoding: text, as: UTF8.self))
      }
      let (output, log, text) = outcome.closureResult
      return Answer(
        output: output,
        log: log.ending == .notStarted ? log.ending(NixEnding(outcome.terminationStatus)) : log,
        otherText: Redaction.redact(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    } catch {
      throw .unusable(program: path, cause: Redaction.redact("\(error)"))
    }
  }

  private static func bytes(of sequence: SubprocessOutputSequence, limit: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await buffer in sequence where bytes.count < limit {
      buffer.withUnsafeBytes { bytes.append(contentsOf: $0.prefix(limit - bytes.count)) }
    }
    return bytes
  }

  /// How Nix is started: behind the supervisor, in a session of its own, so that a terminal's Ctrl-C
  /// reaches us alone and we end Nix in order.
  func launch(_ arguments: [String], environment extra: [String: String] = [:]) -> Configuration {
    var environment: [Environment.Key: String?] = [
      "NIX_CONFIG": configuration.appended(to: ProcessInfo.processInfo.environment["NIX_CONFIG"])
    ]
    for name in Self.withheld {
      if let key = Environment.Key(rawValue: name) { environment[key] = .some(nil) }
    }
    for (name, value) in extra { if let key = Environment.Key(rawValue: name) { environment[key] = value } }
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(15))]
    let command = supervision + [path] + arguments
    return Configuration(
      executable: .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
      environment: .inherit.updating(environment), platformOptions: options)
  }
}

extension NixEnding {
  init(_ status: TerminationStatus) {
    switch status {
    case .exited(let code): self = .exited(code: code)
    case .signaled(let number): self = .signalled(number: number)
    }
  }

  var phrase: String {
    switch self {
    case .exited(let code): "exit code \(code)"
    case .signalled(let number): signalPhrase(number)
    case .notStarted: "not started"
    case .stopped: "stopped"
    case .timedOut: "timed out"
    case .interrupted: "interrupted"
    }
  }
}
