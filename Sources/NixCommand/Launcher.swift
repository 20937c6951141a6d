import Foundation
import NixLog
import NixModel
import Subprocess
import SystemPackage

/// Starts Nix, and hears it until it ends.
///
/// Settings go through `NIX_CONFIG` and never through arguments, because a substituter's address can hold
/// a password and arguments are public.
struct Launcher: Sendable {
  /// The program's path.
  let path: String
  /// The command that Nix is started through, so that it cannot outlive us (see ``Supervisor``).
  let supervision: [String]
  /// Settings of the command line, on top of the user's own.
  var options: [(name: String, value: String)] = []
  /// Settings on top of those.
  var configuration = NixConfiguration()

  /// Whether this Nix writes its records to a place of its own where it is told one (`json-log-path`).
  var writesRecords = false
  /// Which of our variables Nix gets.
  var variables = PassedVariables()
  /// Keeps logs whole.
  var keeper: LogKeeper?

  /// Asks a question that Nix answers on standard output.
  ///
  /// - Returns: the answer.
  func ask(_ arguments: [String], limit: Int = longestOutput) async throws(NixError) -> [UInt8] {
    let answer = await hear(arguments, limit: limit, isLogged: false)
    switch answer.log.ending {
    case .exited(code: 0): return answer.output
    case .failedToStart(let cause): throw .unusable(program: path, cause: cause)
    case .exited, .signalled, .stopped, .timedOut, .interrupted, .notStarted:
      throw NixError(asking: arguments, answer)
    }
  }

  /// How many bytes of standard output are kept by default.
  static let longestOutput = 64 << 20

  /// Runs a command to its end, and hears its log as it streams: the one place where Nix is started.
  ///
  /// Where Nix writes its records to a place of its own, nothing on standard error counts as a record, because the
  /// programs that Nix starts print there as well.
  ///
  /// - Parameters:
  ///   - limit: how many bytes of standard output are kept.
  ///   - extra: further variables.
  ///   - isLogged: whether the log is asked for at all.
  func hear(
    _ arguments: [String], limit: Int = longestOutput, environment extra: [String: String] = [:],
    isLogged: Bool = true, _ manner: Hearing.Manner = Hearing.Manner()
  ) async -> CommandResult {
    let socket: RecordSocket?
    do throws(NixError) { socket = isLogged && writesRecords ? try RecordSocket(for: path) : nil } catch {
      return CommandResult(
        output: [], log: LogTestimony.silent.ending(.failedToStart(error.description)), otherText: "")
    }
    let hearing = Hearing(manner, socket == nil ? .none : .bare)
    let part =
      isLogged
      ? keeper.map { LogPart(of: $0, waits: manner.waitsForTurn, hasRecordsOnly: socket != nil) } : nil
    let format = isLogged ? ["--log-format", socket == nil ? "internal-json" : "raw"] : []
    let place = socket.map { ["--option", "json-log-path", $0.path] } ?? []
    do {
      let outcome = try await Subprocess.run(
        launch(arguments + format + place, environment: extra), input: .inputWriter, output: .sequence,
        error: .sequence
      ) { execution in
        let nix = execution.processIdentifier.value
        async let output = Self.bytes(of: execution.standardOutput, limit: limit)
        async let wasHeard =
          socket?.read { bytes in
            part?.take(bytes)
            if hearing.take(bytes) { kill(nix, SIGTERM) }
          } ?? true
        do {
          for try await buffer in execution.standardError {
            buffer.withUnsafeBytes { bytes in
              hearing.take(text: bytes)
              guard socket == nil else { return }
              part?.take(bytes)
              if hearing.take(bytes) { kill(nix, SIGTERM) }
            }
          }
        } catch {
          socket?.end()
          throw error
        }
        socket?.end()
        return (output: try await output, wasHeard: await wasHeard)
      }
      return CommandResult(
        output: outcome.closureResult.output,
        log: hearing.testimony(
          NixEnding(outcome.terminationStatus), wasHeard: outcome.closureResult.wasHeard),
        otherText: hearing.lastWords, part: part)
    } catch is CancellationError {
      return CommandResult(
        output: [], log: hearing.testimony(.interrupted), otherText: hearing.lastWords, part: part)
    } catch {
      let cause = Redaction.redact("\(error)")
      return CommandResult(
        output: [], log: hearing.testimony(.failedToStart(cause)), otherText: "", part: part)
    }
  }

  private static func bytes(of sequence: SubprocessOutputSequence, limit: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    // Read to the end: a root directory with Nix in it need not have the /dev/null that output is discarded into.
    for try await buffer in sequence where bytes.count < limit {
      buffer.withUnsafeBytes { bytes.append(contentsOf: $0.prefix(limit - bytes.count)) }
    }
    return bytes
  }

  /// How Nix is started: behind the supervisor, in a session of its own, so that a terminal's Ctrl-C
  /// reaches us alone and we end Nix in order.
  private func launch(_ arguments: [String], environment extra: [String: String]) -> Configuration {
    let own = ProcessInfo.processInfo.environment
    var environment: [Environment.Key: String?] = [
      "NIX_CONFIG": configuration.appended(to: own["NIX_CONFIG"], and: options)
    ]
    for name in variables.withheld(from: own.keys) {
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

/// The output of a command, its log, and how it ended.
struct CommandResult {
  /// Its standard output.
  let output: [UInt8]
  /// The log, progress left out.
  let log: LogTestimony
  /// The end of standard error, for a failure that the log does not explain.
  let otherText: String
  /// The log as it is kept, where it is.
  var part: LogPart?

  /// The error that ended the command: Nix ends with the error itself. The output of `builtins.trace` is no error,
  /// though Nix gives it that level.
  var message: String {
    for event in log.events.reversed() {
      guard case .complaint(let complaint) = event.kind, complaint.subject != .warning,
        !complaint.text.hasPrefix("trace: "), !complaint.text.hasPrefix("(use '--show-trace'")
      else { continue }
      return complaint.text
    }
    return ErrorText.last(in: otherText)
  }
}

extension NixError {
  /// The failure of a question.
  init(asking arguments: [String], _ answer: CommandResult) {
    self = .failed(
      question: (["nix"] + arguments.prefix(2)).joined(separator: " "), exit: answer.log.ending.phrase,
      message: answer.message)
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
    case .failedToStart(let cause): "not started: \(cause)"
    case .stopped: "stopped"
    case .timedOut: "timed out"
    case .interrupted: "interrupted"
    }
  }
}
