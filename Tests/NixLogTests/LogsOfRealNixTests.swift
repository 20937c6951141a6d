import Foundation
import NixLog
import NixModel
import Testing

/// Reads fixtures and generated logs.
enum Logs {
  static func fixture(_ name: String) throws -> [UInt8] {
    guard let url = Bundle.module.url(forResource: "Fixtures", withExtension: nil) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return Array(try Data(contentsOf: url.appending(path: name)))
  }

  /// The events of a log that arrives in pieces of `size` bytes, and the reader at its end.
  static func read(
    _ bytes: [UInt8], inPiecesOf size: Int = .max, reader: LogReader = LogReader()
  ) -> (events: [LogEvent], reader: LogReader) {
    var reader = reader
    var events: [LogEvent] = []
    for start in stride(from: 0, to: bytes.count, by: min(size, max(1, bytes.count))) {
      bytes[start..<min(bytes.count, start + min(size, bytes.count))].withUnsafeBytes { piece in
        reader.read(piece) { events.append($0) }
      }
    }
    reader.finish { events.append($0) }
    return (events, reader)
  }

  /// What a log that arrives in pieces of `size` bytes comes to; `nil` where it is no Nix log.
  static func classify(_ bytes: [UInt8], inPiecesOf size: Int = .max) -> ClassifiedLog? {
    var classifier = LogClassifier()
    for start in stride(from: 0, to: bytes.count, by: min(size, max(1, bytes.count))) {
      bytes[start..<min(bytes.count, start + min(size, bytes.count))].withUnsafeBytes { classifier.read($0) }
    }
    return classifier.finish()
  }

  static func classify(_ text: String) -> ClassifiedLog? { classify(Array(text.utf8)) }

  /// `[copied, built, built remotely]`.
  static func counts(_ log: ClassifiedLog?) -> [Int]? {
    log.map { [$0.copied, $0.built, $0.builtRemotely] }
  }

  static let versions = ["2.8.0", "2.26.3", "2.34.8"]
}

/// What a recorded build did, as its log tells it: `[copied, built, built remotely]`, and its complaints.
struct Recorded: Sendable, CustomTestStringConvertible {
  let scenario: String
  let counts: [Int]
  /// The kinds of complaints in it.
  let complaints: Set<String>
  /// Where a version of Nix does something else.
  let exceptions: [String: [Int]]

  init(_ scenario: String, _ counts: [Int], _ complaints: Set<String> = [], except: [String: [Int]] = [:]) {
    self.scenario = scenario
    self.counts = counts
    self.complaints = complaints
    exceptions = except
  }

  var testDescription: String { scenario }

  static let all = [
    Recorded("warm", [4, 0, 0]),
    Recorded("absent", [1, 1, 0]),
    Recorded("refused", [1, 1, 0]),
    Recorded("unsigned", [0, 2, 0], ["signatureUntrusted"]),
    Recorded("other-key", [0, 2, 0], ["signatureUntrusted"]),
    Recorded("content-addressed", [1, 0, 0]),
    Recorded("missing-nar", [3, 1, 0], ["narMissing"], except: ["2.34.8": [2, 2, 0]]),
    // What else was copied before one path could not be is a matter of moments.
    Recorded(
      "missing-reference", [2, 1, 0],
      except: ["2.3.7": [4, 1, 0], "2.26.3": [3, 1, 0], "2.34.8": [2, 2, 0]]),
    Recorded("failing-narinfo", [0, 0, 0], ["downloadFailed"]),
    Recorded("failing-nar", [1, 0, 0], ["downloadFailed"]),
    Recorded("failing-nar-fallback", [1, 1, 0], ["downloadFailed"]),
    Recorded("cut-nar", [1, 0, 0], ["downloadFailed"]),
    Recorded("wrong-nar", [1, 0, 0], ["narCorrupt"]),
    Recorded("html-narinfo", [0, 0, 0], ["narinfoInvalid"]),
    Recorded("other-narinfo", [1, 1, 0], ["narinfoInvalid"], except: ["2.3.7": [0, 0, 0]]),
    Recorded("failing-cache", [0, 2, 0], ["cacheDropped"]),
    Recorded("no-cache-info", [0, 2, 0], ["cacheDropped"]),
    Recorded("other-store", [0, 2, 0], ["cacheDropped"]),
    Recorded("not-substitutable", [0, 1, 0]),
    Recorded("evaluation", [2, 0, 0]),
    Recorded("built-remotely", [0, 0, 1]),
    Recorded("other-system", [0, 0, 0]),
    Recorded("nothing-may-be-built", [5, 0, 0], except: ["2.3.7": [0, 0, 0]]),
    Recorded("dry-run", [0, 0, 0]),
    Recorded("failed", [0, 1, 0], ["buildFailed"]),
    Recorded("forged", [0, 1, 0]),
  ]
}

@Suite struct `Logs of real Nix` {
  @Test(arguments: Logs.versions, Recorded.all)
  func `say what was copied and built`(version: String, recorded: Recorded) throws {
    let counts = recorded.exceptions[version] ?? recorded.counts
    let bytes = try Logs.fixture("\(version)/\(recorded.scenario).json")
    let (events, reader) = Logs.read(bytes)
    #expect(reader.unreadableRecords == 0)
    expect(kinds(events), toBe: recorded.complaints)
    let log = try #require(Logs.classify(bytes))
    #expect(Logs.counts(log) == counts)
    #expect(log.format == .internalJSON)
    #expect(log.unreadable + log.unclear == 0)
    expect(log, toShow: recorded.complaints)
    try readsTheSameForPeople(version, recorded, counts)
  }

  @Test(arguments: Recorded.all)
  func `of 2.3 say what was copied and built, too`(recorded: Recorded) throws {
    try readsTheSameForPeople("2.3.7", recorded, recorded.exceptions["2.3.7"] ?? recorded.counts)
  }

  private func readsTheSameForPeople(_ version: String, _ recorded: Recorded, _ counts: [Int]) throws {
    let log = try #require(Logs.classify(try Logs.fixture("\(version)/\(recorded.scenario).txt")))
    #expect(log.format == .human)
    // A person's log cannot tell a builder's forgery, and says so in its format.
    if recorded.scenario != "forged" { #expect(Logs.counts(log) == counts) }
    // 2.3 crashes over it.
    if version == "2.3.7", recorded.scenario == "other-narinfo" { return }
    expect(log, toShow: recorded.complaints)
  }

  /// The words of each kind of complaint, of which one must be shown.
  private static let words = [
    "signatureUntrusted": ["not signed by", "valid signature"],
    "narMissing": ["does not exist in binary cache"],
    "downloadFailed": ["unable to download"], "narCorrupt": ["mismatch importing path"],
    "narinfoInvalid": ["asked '", "NAR info file"],
    "buildFailed": ["builder for '", "build of '", "Cannot build '"],
    "cacheDropped": ["unable to download", "does not appear to be", "is for Nix stores", "disabling"],
  ]

  private func expect(_ log: ClassifiedLog, toShow complaints: Set<String>) {
    let shown = log.events.compactMap { if case .failure(_, let message, _) = $0 { message } else { nil } }
    for complaint in complaints {
      let words = Self.words[complaint] ?? []
      #expect(shown.contains { message in words.contains(where: message.contains) }, "\(complaint): \(shown)")
    }
  }

  /// What failed in the end is told, too, by some versions.
  private func expect(_ kinds: Set<String>, toBe complaints: Set<String>) {
    #expect(kinds.isSuperset(of: complaints))
    #expect(complaints.union(["buildFailed", "cacheDropped"]).isSuperset(of: kinds))
  }

  /// The kinds of complaints, but for errors and warnings in general.
  private func kinds(_ events: [LogEvent]) -> Set<String> {
    Set(
      events.compactMap { event in
        guard case .complaint(let complaint) = event.kind else { return nil }
        return switch complaint.subject {
        case .error, .warning: nil
        case let subject: Mirror(reflecting: subject).children.first?.label ?? "\(subject)"
        }
      })
  }

  @Test(arguments: Logs.versions, ["json", "txt"])
  func `show a copy that came to nothing, and why`(version: String, suffix: String) throws {
    let log = try #require(Logs.classify(try Logs.fixture("\(version)/missing-nar.\(suffix)")))
    #expect(log.failedCopies == 1)
    let failures = log.events.compactMap { event -> (path: String?, message: String)? in
      if case .failure(let path, let message, _) = event { (path.map { "\($0.name)" }, message) } else { nil }
    }
    // Nix says it twice.
    let missing = failures.filter { $0.message.contains("does not exist in binary cache") }
    #expect(missing.map(\.path) == ["libguestfs-1.54.1"], "\(failures)")
  }

  @Test(arguments: Logs.versions, ["json", "txt"])
  func `name paths that nobody trusted signed, and builders that failed`(version: String, suffix: String)
    throws
  {
    let unsigned = try #require(Logs.classify(try Logs.fixture("\(version)/unsigned.\(suffix)")))
    #expect(failed(unsigned).contains("qemu-host-cpu-only-10.0.2"))
    let failing = try #require(Logs.classify(try Logs.fixture("\(version)/failed.\(suffix)")))
    #expect(failed(failing).contains("failing-1.0.drv"))
  }

  /// The names of the paths that failed.
  private func failed(_ log: ClassifiedLog) -> [String] {
    log.events.compactMap { if case .failure(let path?, _, _) = $0 { "\(path.name)" } else { nil } }
  }

  @Test(arguments: Logs.versions, ["warm.json", "missing-nar.json", "forged.json", "missing-nar.txt"])
  func `read the same in pieces of any size`(version: String, file: String) throws {
    let bytes = try Logs.fixture("\(version)/\(file)")
    let whole = try #require(Logs.classify(bytes))
    #expect(whole.bytes == bytes.count)
    for size in [1, 7, 64, 4096] { #expect(Logs.classify(bytes, inPiecesOf: size) == whole) }
  }
}

@Suite struct `Hostile logs` {
  @Test(arguments: ["ssh-ng-relay.json", "ssh-ng-relay-2.8.json"])
  func `in which a remote machine tells of itself are not this machine's`(file: String) throws {
    let (events, _) = Logs.read(try Logs.fixture("hostile/\(file)"))
    #expect(Logs.counts(Logs.classify(try Logs.fixture("hostile/\(file)"))) == [0, 0, 1])
    let transfers = events.count { if case .transferred = $0.kind { true } else { false } }
    #expect(transfers == 2)
  }

  @Test func `with odd JSON read as their records say`() throws {
    let (events, reader) = Logs.read(try Logs.fixture("hostile/odd.json"))
    #expect(reader.lines == 8)
    let path = try StorePath(parsing: "/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2")
    #expect(
      events == [
        LogEvent(line: 2, kind: .copyStarted(path: path, from: "http://cache.example")),
        LogEvent(
          line: 7, kind: .complaint(Complaint(subject: .error, text: "emoji 😀 and \u{FFFD} alone"))),
        LogEvent(line: 8, kind: .copyStopped(path: path, from: "http://cache.example")),
      ])
  }

  @Test func `with lines of any length cost no memory and no event`() {
    var bytes = Array("@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"".utf8)
    bytes += [UInt8](repeating: UInt8(ascii: "x"), count: LogReader.longestLine + 1)
    bytes += Array("\"}\n@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"short\"}\n".utf8)
    for size in [Int.max, 4096] {
      let (events, reader) = Logs.read(bytes, inPiecesOf: size)
      #expect(reader.lines == 2)
      #expect(events.map(\.line) == [2])
    }
  }

  @Test func `with zero bytes and invalid UTF-8 go on`() {
    let bytes: [UInt8] =
      [0, 0xFF, 0xFE, 0x0A] + Array("@nix {\"action\":\"msg\",\"level\":1,\"msg\":\"a".utf8) + [0xFF]
      + Array("b\"}\n".utf8)
    let (events, _) = Logs.read(bytes)
    #expect(events == [LogEvent(line: 2, kind: .complaint(Complaint(subject: .warning, text: "a\u{FFFD}b")))])
  }

  @Test(arguments: [
    "@nix {\"action\":\"start\",\"id\":1,\"type\":100,\"fields\":[\"/nix/store/x\",\"http://c\",\"local\"],\"parent\":0}",
    "@nix {\"action\":\"start\",\"id\":1,\"type\":100,\"fields\":[1,2,3]}", "@nix {\"action\":\"start\"}",
    "@nix {}", "@nix ",
    "@nix {\"action\":\"start\",\"id\":1.5,\"type\":1e2,\"fields\":{}}", "@nix {\"action\":{\"a\":1}}",
    "@nix {\"a\":\"\\",
  ])
  func `with broken records go on`(line: String) {
    #expect(Logs.read(Array((line + "\n").utf8)).events.isEmpty)
  }

  @Test func `that were damaged say so`() {
    let damaged = "@nix {\"action\":\"start\",\"id\":\n@nix [1]\n@nix {\"action\":\"later\"}\nssh: hello\n"
    #expect(Logs.read(Array(damaged.utf8)).reader.unreadableRecords == 2)
    let whole = Logs.read(Array("@nix {\"action\":\"stop\",\"id\":1}\n".utf8)).reader
    #expect(whole.unreadableRecords == 0)
  }

  @Test func `for people are not silenced by a builder's record`() {
    let path = "/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu"
    let log = Logs.classify(
      "building '\(path).drv'...\n@nix {\"action\":\"stop\",\"id\":1}\nbuilding '\(path)-2.drv'...\n")
    #expect(Logs.counts(log) == [0, 2, 0])
    #expect(log?.format == .human)
  }

  @Test(arguments: ["", ",\"parent\":1"])
  func `in which nothing ends show no copy without its cause`(parent: String) {
    let path = "/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2"
    func start(_ id: Int, _ type: Int, _ more: String) -> String {
      "@nix {\"action\":\"start\",\"id\":\(id),\"type\":\(type),\"fields\":[\"\(path)\",\"http://c\"\(more)}\n"
    }
    let cause = start(1, 108, "]")
    let copy = start(2, 100, ",\"local\"]\(parent)") + "@nix {\"action\":\"stop\",\"id\":2}\n"
    let others = (0..<16_384).map { start(10 + $0, 108, "],\"parent\":7") }.joined()
    let room = (0..<2).map { "@nix {\"action\":\"stop\",\"id\":\(10 + $0)}\n" }.joined()
    #expect(Logs.counts(Logs.classify(cause + others + room + copy)) == [1, 0, 0])
    #expect(Logs.counts(Logs.classify(others + cause + copy)) == [0, 0, 0])
  }

  @Test func `of remote builds that never end show no copy of this machine's`() {
    let path = "/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2"
    let builds = (0..<16_385).map {
      "@nix {\"action\":\"start\",\"id\":\($0),\"type\":105,\"fields\":[\"\(path).drv\",\"ssh://m\"]}\n"
    }
    let ends = (0..<16_385).map { "@nix {\"action\":\"stop\",\"id\":\($0)}\n" }
    let copy =
      "@nix {\"action\":\"start\",\"id\":90000,\"type\":108,\"fields\":[\"\(path)\",\"http://c\"]}\n"
      + "@nix {\"action\":\"start\",\"id\":90001,\"type\":100,\"fields\":[\"\(path)\",\"http://c\",\"local\"]}\n"
    // The last build was not kept, so nobody knows that it ended.
    let log = (builds + ends).joined() + copy
    #expect(Logs.counts(Logs.classify(log)) == [0, 0, 1])
  }

  @Test(arguments: [0, 1, 5, 12, 20])
  func `never show a password that is cut off`(margin: Int) {
    let padding = String(repeating: "x", count: 2000 - "http://u:hunter2".count + 12 - margin)
    let line = "@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"\(padding) http://u:hunter2@h\"}\n"
    let events = Logs.read(Array(line.utf8)).events
    #expect(events.count == 1)
    #expect(!"\(events)".contains("hun"))
  }

  @Test func `never show a password`() {
    let line =
      "@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"unable to download 'http://u:hunter2@h/x.narinfo': HTTP error 500\"}\n"
      + "copying path '/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2' from 'http://u:hunter2@h'...\n"
    let events = Logs.read(Array(line.utf8)).events
    #expect(!events.isEmpty)
    #expect(!"\(events)".contains("hunter2"))
    let log = Logs.classify(line)
    #expect(log?.copied == 1)
    #expect(!"\(log, default: "")".contains("hunter2"))
  }
}
