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

  /// Asks something that is answered on standard output.
  ///
  /// - Returns: what it printed, and the events of its log.
  func ask(
    _ arguments: [String], limit: Int = 64 << 20
  ) async throws(NixError) -> (output: [UInt8], events: [LogEvent]) {
    let question = (["nix"] + arguments.prefix(2)).joined(separator: " ")
    let collected: Collected
    do { collected = try await collect(arguments, limit: limit) } catch {
      throw .unusable(program: path, cause: Redaction.redact("\(error)"))
    }
    guard collected.ending == .exited(code: 0) else {
      throw .failed(
        question: question, exit: collected.ending.phrase,
        message: Self.message(of: collected.events) ?? collected.otherText)
    }
    return (collected.output, collected.events)
  }

  private struct Collected {
    let output: [UInt8]
    let events: [LogEvent]
    let ending: NixEnding
    let otherText: String
  }

  private func collect(_ arguments: [String], limit: Int) async throws -> Collected {
    let outcome = try await Subprocess.run(
      launch(arguments), input: .inputWriter, output: .sequence, error: .sequence
    ) { execution in
      async let output = Self.bytes(of: execution.standardOutput, limit: limit)
      var reader = LogReader(format: .internalJSON, prefixes: .none)
      var events: [LogEvent] = []
      var text: [UInt8] = []
      for try await buffer in execution.standardError {
        buffer.withUnsafeBytes { bytes in
          if text.count < 4096 { text.append(contentsOf: bytes.prefix(4096 - text.count)) }
          reader.read(bytes) { events.append($0) }
        }
      }
      reader.finish { events.append($0) }
      return (output: try await output, events: events, text: String(decoding: text, as: UTF8.self))
    }
    return Collected(
      output: outcome.closureResult.output, events: outcome.closureResult.events,
      ending: NixEnding(outcome.terminationStatus),
      otherText: Redaction.redact(outcome.closureResult.text.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  private static func bytes(of sequence: SubprocessOutputSequence, limit: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await buffer in sequence where bytes.count < limit {
      buffer.withUnsafeBytes { bytes.append(contentsOf: $0.prefix(limit - bytes.count)) }
    }
    return bytes
  }

  /// The errors of a log as one text, the most telling first: Nix ends with the error itself.
  private static func message(of events: [LogEvent]) -> String? {
    let errors = events.compactMap { event -> String? in
      guard case .complaint(let complaint) = event.kind, complaint.subject != .warning else { return nil }
      return complaint.text
    }
    return errors.last
  }

  /// How Nix is started: behind the supervisor, in a session of its own, so that a terminal's Ctrl-C
  /// reaches us alone and we end Nix in order.
  func launch(_ arguments: [String], environment extra: [String: String] = [:]) -> Configuration {
    var environment: [Environment.Key: String?] = [
      "NIX_CONFIG": configuration.appended(to: ProcessInfo.processInfo.environment["NIX_CONFIG"])
    ]
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
    case .signalled(let number): "signal \(number)"
    case .notStarted: "not started"
    case .stopped: "stopped"
    case .timedOut: "timed out"
    case .interrupted: "interrupted"
    }
  }
}
