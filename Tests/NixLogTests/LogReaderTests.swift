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

  static func counts(_ events: [LogEvent]) -> [Int] {
    var classifier = Classifier()
    for event in events { classifier.note(event) }
    let log = ClassifiedLog(format: .human, lines: 0, bytes: 0, events: classifier.events)
    return [log.copied, log.built, log.builtRemotely]
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
    Recorded("missing-nar", [4, 1, 0], ["narMissing"], except: ["2.34.8": [3, 2, 0]]),
    // What else was copied before one path could not be is a matter of moments.
    Recorded(
      "missing-reference", [2, 1, 0],
      except: ["2.3.7": [4, 1, 0], "2.26.3": [3, 1, 0], "2.34.8": [2, 2, 0]]),
    Recorded("failing-narinfo", [0, 0, 0], ["downloadFailed"]),
    Recorded("failing-nar", [2, 0, 0], ["downloadFailed"]),
    Recorded("failing-nar-fallback", [2, 1, 0], ["downloadFailed"]),
    Recorded("cut-nar", [2, 0, 0], ["downloadFailed"]),
    Recorded("wrong-nar", [2, 0, 0], ["narCorrupt"]),
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
    let (events, reader) = Logs.read(try Logs.fixture("\(version)/\(recorded.scenario).json"))
    #expect(Logs.counts(events) == counts)
    #expect(reader.format == .internalJSON)
    #expect(reader.unreadableRecords == 0)
    expect(kinds(events), toBe: recorded.complaints)
    try readsTheSameForPeople(version, recorded, counts)
  }

  @Test(arguments: Recorded.all)
  func `of 2.3 say what was copied and built, too`(recorded: Recorded) throws {
    try readsTheSameForPeople("2.3.7", recorded, recorded.exceptions["2.3.7"] ?? recorded.counts)
  }

  private func readsTheSameForPeople(_ version: String, _ recorded: Recorded, _ counts: [Int]) throws {
    let (events, reader) = Logs.read(try Logs.fixture("\(version)/\(recorded.scenario).txt"))
    #expect(reader.format == .human || events.isEmpty)
    // A person's log cannot tell a builder's forgery, and says so in its format.
    if recorded.scenario != "forged" { #expect(Logs.counts(events) == counts) }
    // 2.3 crashes over it.
    if version == "2.3.7", recorded.scenario == "other-narinfo" { return }
    expect(kinds(events), toBe: recorded.complaints)
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

  @Test(arguments: Logs.versions)
  func `show a copy that came to nothing`(version: String) throws {
    for suffix in ["json", "txt"] {
      let (events, _) = Logs.read(try Logs.fixture("\(version)/missing-nar.\(suffix)"))
      let files = events.compactMap { event -> String? in
        guard case .complaint(let complaint) = event.kind, case .narMissing(let file, _) = complaint.subject
        else {
          return nil
        }
        return file
      }
      #expect(files.count == 2)
      #expect(files.allSatisfy { $0.hasPrefix("nar/") && $0.hasSuffix(".nar.xz") })
    }
  }

  @Test(arguments: Logs.versions)
  func `name paths that nobody trusted signed, and builders that failed`(version: String) throws {
    for suffix in ["json", "txt"] {
      let unsigned = subjects(try Logs.fixture("\(version)/unsigned.\(suffix)"))
      #expect(
        unsigned.contains {
          if case .signatureUntrusted(let path, _) = $0 {
            path.name == "qemu-host-cpu-only-10.0.2"
          } else {
            false
          }
        })
      let failed = subjects(try Logs.fixture("\(version)/failed.\(suffix)"))
      #expect(
        failed.contains {
          if case .buildFailed(let drv) = $0 { drv.derivationName == "failing-1.0" } else { false }
        })
    }
  }

  private func subjects(_ bytes: [UInt8]) -> [Complaint.Subject] {
    Logs.read(bytes).events.compactMap { event in
      guard case .complaint(let complaint) = event.kind else { return nil }
      return complaint.subject
    }
  }

  @Test(arguments: Logs.versions, ["warm.json", "missing-nar.json", "forged.json", "missing-nar.txt"])
  func `read the same in pieces of any size`(version: String, file: String) throws {
    let bytes = try Logs.fixture("\(version)/\(file)")
    let whole = Logs.read(bytes)
    #expect(!whole.events.isEmpty)
    for size in [1, 7, 64, 4096] {
      let pieces = Logs.read(bytes, inPiecesOf: size)
      #expect(pieces.events == whole.events)
      #expect(pieces.reader.lines == whole.reader.lines)
      #expect(pieces.reader.bytes == bytes.count)
    }
  }

  @Test(arguments: [
    "2026-05-03T12:00:00.1234567Z ", "[12:00:01] ", "2026-05-03 12:00:01,123 ",
    "2026-05-03T12:00:00.123456Z 00O ",
    "build-1  | ", "<3>",
  ])
  func `read the same behind a prefix on each line`(prefix: String) throws {
    for (file, kind) in [("warm.json", [4, 0, 0]), ("missing-nar.txt", [3, 2, 0])] {
      let text = String(decoding: try Logs.fixture("2.34.8/\(file)"), as: UTF8.self)
      let prefixed = text.split(separator: "\n").map { prefix + $0 + "\n" }.joined()
      #expect(Logs.counts(Logs.read(Array(prefixed.utf8)).events) == kind)
    }
  }

  @Test func `read the same with colours, carriage returns and a progress bar`() throws {
    let text = String(decoding: try Logs.fixture("2.26.3/missing-nar.txt"), as: UTF8.self)
    let coloured = text.split(separator: "\n").map { "[1/2 built]\r\u{1B}[K\u{1B}[1m\($0)\u{1B}[0m\r\n" }
      .joined()
    #expect(Logs.counts(Logs.read(Array(coloured.utf8)).events) == [4, 1, 0])
  }

  @Test func `are nothing that a builder's marked line could be`() {
    let line =
      "qemu> copying path '/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2' from 'http://x'...\n"
    #expect(Logs.read(Array(line.utf8)).events.isEmpty)
    #expect(Logs.read(Array("qemu> @nix {\"action\":\"stop\",\"id\":1}\n".utf8)).reader.format == nil)
  }
}

@Suite struct `What is no Nix log` {
  @Test(arguments: [
    "these are the days\nthis is prose\ncopying is allowed\nwaiting for Godot\n", "make: *** [all] Error 2\n",
    "[2/5] building things\n", "copying /nix/store/x from http://c\n",
  ])
  func `is not taken for one`(text: String) {
    #expect(Logs.read(Array(text.utf8)).reader.format == nil)
  }

  @Test(arguments: [
    "these 3 derivations will be built:\n",
    "this path will be fetched (0.01 MiB download, 0.02 MiB unpacked):\n",
    "copying 12 paths...\n", "error: attribute 'x' not found\n",
  ])
  func `is told from one that shows no copy and no build`(text: String) {
    #expect(Logs.read(Array(text.utf8)).reader.format == .human)
  }
}

@Suite struct `Hostile logs` {
  @Test(arguments: ["ssh-ng-relay.json", "ssh-ng-relay-2.8.json"])
  func `in which a remote machine tells of itself are not this machine's`(file: String) throws {
    let (events, _) = Logs.read(try Logs.fixture("hostile/\(file)"))
    #expect(Logs.counts(events) == [0, 0, 1])
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
    let path = "/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu.drv"
    let log = "building '\(path)'...\n@nix {\"action\":\"stop\",\"id\":1}\nbuilding '\(path)'...\n"
    let (events, reader) = Logs.read(Array(log.utf8))
    #expect(events.count == 2)
    #expect(reader.format == .human)
  }

  @Test(arguments: ["", ",\"parent\":1"])
  func `in which nothing ends show no copy without its cause`(parent: String) {
    let path = "/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2"
    func start(_ id: Int, _ type: Int, _ more: String) -> String {
      "@nix {\"action\":\"start\",\"id\":\(id),\"type\":\(type),\"fields\":[\"\(path)\",\"http://c\"\(more)}\n"
    }
    let cause = start(1, 108, "]")
    let copy = start(2, 100, ",\"local\"]\(parent)")
    let others = (0..<16_384).map { start(10 + $0, 108, "],\"parent\":7") }.joined()
    #expect(Logs.counts(Logs.read(Array((cause + others + copy).utf8)).events) == [1, 0, 0])
    #expect(Logs.counts(Logs.read(Array((others + cause + copy).utf8)).events) == [0, 0, 0])
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
    #expect(Logs.counts(Logs.read(Array(log.utf8)).events) == [0, 0, 1])
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
    for format in [LogFormat.internalJSON, .human] {
      let events = Logs.read(Array(line.utf8), reader: LogReader(format: format)).events
      #expect(!events.isEmpty)
      #expect(!"\(events)".contains("hunter2"))
    }
  }
}
