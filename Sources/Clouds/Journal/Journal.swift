import AsyncHTTPClient
public import Building
import Foundation
import NIOCore
import NIOHTTP1
public import NixModel
import Subprocess
import Synchronization

/// The journal of a machine, through its gateway.
public struct Journal: Sendable {
  private let build: RunID
  private let way: Way

  /// How the gateway is reached.
  public enum Way: Sendable {
    /// Through ssh, which knows the machine by the key that was made for it.
    case tunnel(address: String, hostKey: String, identity: String?, options: [String])
    /// At its public port.
    case open(address: String)
  }

  /// The journal of the machine of a build.
  public init(of build: RunID, by way: Way) {
    self.build = build
    self.way = way
  }

  /// What is asked of the gateway.
  struct Question: Hashable {
    /// Only entries of root about this build.
    var isOfReports = false
    /// Whether to go on with entries as they are written.
    var follows = false
    /// The place after which entries are wanted.
    var after: String?

    /// The path and query, for the entries of `build`.
    func target(_ build: RunID) -> String {
      var terms: [String] = isOfReports ? ["_UID=0", "WARMTH_RUN=\(build)"] : []
      if follows { terms.append("follow") }
      return "/entries" + (terms.isEmpty ? "" : "?" + terms.joined(separator: "&"))
    }

    /// The header fields. The gateway of systemd 257 refuses a range without a number of entries.
    var headers: [(String, String)] {
      [("Accept", "application/json")]
        + (after.map { [("Range", "entries=\($0):1:1000000")] } ?? [])
    }
  }

  /// What the machine says of itself after a place in its journal; `nil` where it does not answer.
  public func reports(after cursor: String?) async -> [MachineReport]? {
    let found = Mutex<[MachineReport]>([])
    do {
      try await read(Question(isOfReports: true, after: cursor)) { entry in
        if let report = entry.report(of: build) { found.withLock { $0.append(report) } }
      }
    } catch { return nil }
    return found.withLock { $0 }
  }

  /// Reads entries after a place in the journal.
  ///
  /// - Parameters:
  ///   - follows: whether to go on with entries as they are written.
  ///   - take: gets each entry.
  /// - Throws: ``JournalError``, where the gateway cannot be reached, or does not answer as one.
  public func read(
    after cursor: String?, follows: Bool, _ take: @Sendable (JournalEntry) -> Void
  ) async throws {
    try await read(Question(follows: follows, after: cursor), take)
  }

  private func read(_ question: Question, _ take: @Sendable (JournalEntry) -> Void) async throws {
    let reader = Mutex(AnswerReader())
    switch way {
    case .tunnel(let address, let hostKey, let identity, let options):
      let known = FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString).hosts")
        .path
      let alias = "warmth-\(build)"
      try Data("\(alias) \(hostKey)\n".utf8).write(to: URL(filePath: known))
      defer { try? FileManager.default.removeItem(atPath: known) }
      let arguments =
        [
          "-T", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=\(known)",
          "-o", "GlobalKnownHostsFile=/dev/null", "-o", "HostKeyAlias=\(alias)", "-o", "ConnectTimeout=10",
          "-o", "ControlPath=none", "-o", "LogLevel=ERROR", "-o", "ServerAliveInterval=15",
        ] + (identity.map { ["-i", $0, "-o", "IdentitiesOnly=yes"] } ?? [])
        + options.flatMap { ["-o", $0] }
        + ["-W", "127.0.0.1:\(JournalGateway.port)", "-l", "watch", "--", address]
      // HTTP 1.0: the answer comes in one piece and ends with the connection.
      let request =
        (["GET \(question.target(build)) HTTP/1.0"] + question.headers.map { "\($0.0): \($0.1)" } + ["", ""])
        .joined(separator: "\r\n")
      let record = try await Subprocess.run(
        .name("ssh"), arguments: Arguments(arguments), input: .inputWriter, output: .sequence,
        error: .string(limit: 4096)
      ) { execution in
        _ = try await execution.standardInputWriter.write(Array(request.utf8))
        for try await buffer in execution.standardOutput {
          buffer.withUnsafeBytes { bytes in reader.withLock { $0.take(bytes) }.forEach(take) }
        }
        // Only now: the gateway takes a closed input for a client that has gone.
        try await execution.standardInputWriter.finish()
      }
      let words = record.standardError.split(whereSeparator: \.isNewline).last.map(String.init)
      reader.withLock { $0.end() }.forEach(take)
      guard reader.withLock({ $0.status }) != nil else {
        throw JournalError.unreachable(
          address: address, cause: words?.excerpt ?? "ssh ended with \(record.terminationStatus)")
      }
    case .open(let address):
      let client = CloudTransport.client()
      do {
        var request = HTTPClientRequest(
          url: "http://\(address):\(JournalGateway.port)\(question.target(build))")
        for (name, value) in question.headers { request.headers.add(name: name, value: value) }
        let response = try await client.execute(request, deadline: .distantFuture)
        reader.withLock { $0.begin(status: Int(response.status.code)) }
        for try await buffer in response.body {
          buffer.withUnsafeReadableBytes { bytes in reader.withLock { $0.take(bytes) }.forEach(take) }
        }
      } catch {
        try? await client.shutdown()
        throw JournalError.unreachable(address: address, cause: "\(error)".excerpt)
      }
      try? await client.shutdown()
      reader.withLock { $0.end() }.forEach(take)
    }
    if let status = reader.withLock({ $0.status }), status != 200 {
      throw JournalError.refused(status: status)
    }
  }
}

/// Why a journal could not be read.
public enum JournalError: Error, Hashable, Sendable {
  /// The machine does not answer.
  case unreachable(address: String, cause: String)
  /// The gateway answered with another status.
  case refused(status: Int)
}

extension JournalError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let address, let cause):
      "the machine's journal cannot be read at \(address): \(cause); it takes a minute or more until a machine answers, and it knows only the keys of --watch-key"
    case .refused(let status): "the machine's journal answered with HTTP \(status)"
    }
  }
}

/// Takes an answer of the gateway apart: the head of HTTP, and lines of JSON.
struct AnswerReader {
  /// The status, once the head is whole.
  private(set) var status: Int?
  private var rest: [UInt8] = []
  private var isHeadRead = false

  /// The longest line that is kept: entries with core dumps have megabytes.
  private static let longest = 4 << 20

  /// Begins after a head that somebody else has read.
  mutating func begin(status: Int) {
    self.status = status
    isHeadRead = true
  }

  /// Takes the next bytes.
  ///
  /// - Returns: the entries that are whole by now.
  mutating func take(_ bytes: UnsafeRawBufferPointer) -> [JournalEntry] {
    rest.append(contentsOf: bytes)
    var entries: [JournalEntry] = []
    var start = rest.startIndex
    while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
      if let entry = take(line: rest[start..<end]) { entries.append(entry) }
      start = end + 1
    }
    rest.removeSubrange(..<start)
    if rest.count > Self.longest { rest.removeAll() }
    return entries
  }

  /// The entry that no newline ended.
  mutating func end() -> [JournalEntry] {
    defer { rest = [] }
    return take(line: rest[...]).map { [$0] } ?? []
  }

  private mutating func take(line: ArraySlice<UInt8>) -> JournalEntry? {
    guard !isHeadRead else { return status == 200 ? JournalEntry(line: Array(line)) : nil }
    let text = String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    if status == nil {
      let words = text.split(separator: " ")
      if words.count >= 2, words[0].hasPrefix("HTTP/1.") { status = Int(words[1]) }
    } else if text.isEmpty {
      isHeadRead = true
    }
    return nil
  }
}
