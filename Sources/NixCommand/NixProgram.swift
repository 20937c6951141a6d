import Foundation
import NixLog
import NixModel
import Subprocess
import SystemPackage

/// A Nix to be run: which program, with which settings, under whose supervision.
///
/// Settings go through `NIX_CONFIG` and never through arguments, because a substituter's address can hold
/// a password and arguments are public.
public struct NixProgram: Sendable {
  /// The program's path.
  public let path: String
  /// Its version.
  public let version: NixVersion
  /// The command that Nix is started through, so that it cannot outlive us (see ``Supervisor``).
  let supervision: [String]
  /// Settings on top of the user's own, and other variables.
  var configuration = NixConfiguration()
  /// `--store DIR`, where the run has a store of its own.
  let store: [String]
  /// Where the store's files are.
  let location: StoreLocation

  /// Finds Nix and asks for its version.
  ///
  /// - Parameters:
  ///   - program: a path, or a name to look for in `PATH`.
  ///   - supervision: the command in front of Nix's, such as `["/proc/self/exe", "supervise"]`.
  ///   - store: the directory of a store of the run's own, or `nil` for the configured one.
  /// - Throws: ``NixError`` where there is none, or where it is too old.
  public init(_ program: String, supervision: [String], store: String? = nil) async throws(NixError) {
    guard let path = Self.locate(program) else { throw .notFound(program) }
    self.path = path
    self.supervision = supervision
    self.store = store.map { ["--store", $0] } ?? []
    location =
      store.map { StoreLocation(root: $0) } ?? StoreLocation(environment: ProcessInfo.processInfo.environment)
    let answer: String
    do {
      let record = try await Subprocess.run(
        .path(FilePath(path)), arguments: ["--version"], output: .string(limit: 4096), error: .discarded)
      answer = record.standardOutput
    } catch {
      throw .unusable(program: path, cause: "it cannot be started (\(error))")
    }
    guard let version = NixVersion(parsing: answer) else {
      throw .unusable(program: path, cause: "'--version' prints '\(answer.prefix(60))'")
    }
    guard version >= .oldestSupported else { throw .tooOld(program: path, version: version) }
    self.version = version
  }

  /// The same Nix with more settings.
  public func with(_ configuration: NixConfiguration) -> NixProgram {
    var other = self
    other.configuration = configuration
    return other
  }

  private static func locate(_ program: String) -> String? {
    let candidates =
      program.contains("/")
      ? [program]
      : (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        .map { "\($0)/\(program)" }
    return candidates.first {
      var status = stat()
      return access($0, X_OK) == 0 && stat($0, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
  }

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
