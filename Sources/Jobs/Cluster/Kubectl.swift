import Foundation
import NixModel
import Subprocess
import SystemPackage

/// The operator's own `kubectl`, with the operator's own rights.
public struct Kubectl: Sendable {
  let program: String
  let context: String?
  let namespace: String?

  /// - Parameters:
  ///   - program: a path, or a name to find in `PATH`.
  ///   - context: a context of the kubeconfig; `nil` for the current one.
  ///   - namespace: `nil` for the namespace of the context.
  public init(program: String, context: String?, namespace: String?) {
    self.program = program
    self.context = context
    self.namespace = namespace
  }

  /// The time limit of one request.
  private static let patience = "20s"
  /// The length of the longest accepted answer, in bytes.
  private static let longest = 64 << 20

  /// The command line with which the operator would run `command`.
  func typed(_ command: String) -> String {
    (["kubectl"] + place.map { $0.contains(" ") ? "'\($0)'" : $0 } + [command]).joined(separator: " ")
  }

  private var place: [String] {
    (context.map { ["--context", $0] } ?? []) + (namespace.map { ["--namespace", $0] } ?? [])
  }

  /// Runs a command to its end.
  ///
  /// - Throws: ``KubectlError``.
  func run(_ command: [String]) async throws(KubectlError) -> String {
    let answer: (output: String, errors: String, status: TerminationStatus)
    do {
      let record = try await Subprocess.run(
        executable, arguments: Arguments(place + ["--request-timeout=\(Self.patience)"] + command),
        output: .string(limit: Self.longest), error: .string(limit: Self.longest))
      answer = (record.standardOutput, record.standardError, record.terminationStatus)
    } catch {
      throw KubectlError(kind: .missing, program: program, text: "\(error)")
    }
    guard answer.status.isSuccess else {
      throw KubectlError(program: program, complaint: answer.errors, status: "\(answer.status)")
    }
    return answer.output
  }

  /// Follows the output of a container, and hands on each line, with its time in front.
  ///
  /// - Returns: whether kubectl ended with success, and the text after the last newline.
  func followLog(of pod: String, container: String, since: String?, line: @Sendable (Substring) -> Void)
    async throws -> (isClean: Bool, rest: Substring)
  {
    let command =
      ["logs", "--follow", "--timestamps", "--container", container, pod]
      + (since.map { ["--since-time=\($0)"] } ?? [])
    let record = try await Subprocess.run(
      executable, arguments: Arguments(place + command), input: .none, output: .sequence,
      error: .discarded
    ) { execution in
      var rest: [UInt8] = []
      for try await buffer in execution.standardOutput {
        buffer.withUnsafeBytes { rest.append(contentsOf: $0) }
        var start = rest.startIndex
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
          line(Substring(decoding: rest[start..<end], as: UTF8.self))
          start = end + 1
        }
        rest.removeSubrange(..<start)
      }
      return Substring(decoding: rest, as: UTF8.self)
    }
    return (record.terminationStatus.isSuccess, record.closureResult)
  }

  private var executable: Executable {
    program.contains("/") ? .path(FilePath(program)) : .name(program)
  }
}

/// The reason for which `kubectl` gave no answer.
public struct KubectlError: Error, Hashable, Sendable {
  let kind: Kind
  let program: String
  /// Its message, without credentials.
  let text: String

  enum Kind: Hashable, Sendable {
    /// The program cannot be run.
    case missing
    /// The API server did not answer, or did not answer in time.
    case unreachable
    /// An object of this name exists already.
    case exists
    /// Any other error. Asking again would not help.
    case refused
  }

  init(kind: Kind, program: String, text: String) {
    self.kind = kind
    self.program = program
    self.text = text.told
  }

  init(program: String, complaint: String, status: String) {
    // kubectl first prints one line for each group of the API (discovery). The error itself is the last line.
    let last = complaint.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
    self.init(
      kind: Self.kind(of: complaint), program: program,
      text: last.map(String.init) ?? "it ended with \(status)")
  }

  /// Source: messages of kubectl 1.20 to 1.33, `apimachinery/pkg/api/errors`, and Go's package `net`.
  private static func kind(of complaint: String) -> Kind {
    if complaint.contains("(AlreadyExists)") { return .exists }
    let signs = [
      "onnection refused", "Unable to connect to the server", "connection reset", "i/o timeout", "EOF",
      "TLS handshake timeout", "no route to host", "no such host", "context deadline exceeded",
      "Client.Timeout",
      "(ServerTimeout)", "(ServiceUnavailable)", "(TooManyRequests)", "(InternalError)", "(Timeout)",
      "was refused - did you specify the right host or port", "connection lost", "currently unable to handle",
      "an error on the server",
    ]
    return signs.contains { complaint.contains($0) } ? .unreachable : .refused
  }
}

extension KubectlError: CustomStringConvertible {
  public var description: String {
    switch kind {
    case .missing:
      "'\(program)' cannot be run (\(text)); install kubectl (Debian: apt-get install kubernetes-client), or name it with --kubectl"
    case .unreachable: "the cluster does not answer: \(text)"
    case .exists, .refused: "kubectl says: \(text)"
    }
  }
}
