import Foundation
import NixLog
import NixModel
import TestSupport
import Testing

/// The fast reader against a slow, strict one (``ReferenceReader``).
@Suite struct `The fast reader agrees with a slow one` {
  @Test(arguments: try Logs.recordedRecords())
  func `on recorded logs`(file: String) throws {
    let log = try Logs.fixture(file)
    for reportsProgress in [false, true] {
      let (events, reader) = read(log, reportsProgress: reportsProgress)
      let reference = ReferenceReader(log, reportsProgress: reportsProgress)
      #expect(events.map(withoutMessage) == reference.events.map(withoutMessage))
      #expect(reader.lines == reference.lines)
      #expect(reader.unreadableRecords == reference.unreadable)
    }
  }

  /// A million lines in a long run, spread over the cores.
  @Test(arguments: 0..<16)
  func `on generated lines in every spelling`(part: Int) {
    var generator = RecordGenerator(seed: 20_261_121 + UInt64(part))
    let lines = Effort.share(of: 62_500)
    let log = generator.log(lines: lines)
    let reportsProgress = part % 2 == 1
    let (events, reader) = read(log, reportsProgress: reportsProgress, inPiecesOf: 4096 + part)
    let reference = ReferenceReader(log, reportsProgress: reportsProgress)
    #expect(reader.lines == lines)
    #expect(reader.unreadableRecords == reference.unreadable)
    #expect(reference.unreadable > Effort.share(of: 500))
    #expect(events.count > Effort.share(of: 5000))
    expectSame(events, reference.events)
  }

  @Test func `wherever a log is broken`() {
    var generator = RecordGenerator(seed: 7)
    let log = generator.log(lines: 24)
    let reference = ReferenceReader(log, reportsProgress: true)
    #expect(!reference.events.isEmpty)
    for place in log.indices {
      var reader = LogReader(reportsProgress: true)
      var events: [String] = []
      for piece in [log[..<place], log[place...]] {
        piece.withUnsafeBytes { reader.read($0) { events.append($0.told) } }
      }
      reader.finish { events.append($0.told) }
      #expect(events == reference.events)
      #expect(reader.unreadableRecords == reference.unreadable)
    }
  }

  @Test func `on lines of a megabyte, and of more`() {
    let frame = "@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"\"}"
    for excess in [-1, 0, 1] {
      let length = LogReader.longestLine - frame.utf8.count + excess
      var log = Array("@nix {\"action\":\"stop\",\"id\":1}\n".utf8)
      log += Array(frame.utf8.dropLast(2)) + [UInt8](repeating: UInt8(ascii: "x"), count: length)
      log += Array("\"}\n@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"x\"}".utf8)
      let reference = ReferenceReader(log, reportsProgress: false)
      let (events, reader) = read(log, reportsProgress: false, inPiecesOf: 100_000)
      #expect(events.map(withoutMessage) == reference.events.map(withoutMessage))
      #expect(reader.lines == 3)
      #expect(reader.unreadableRecords == (excess > 0 ? 1 : 0))
      #expect(reference.unreadable == reader.unreadableRecords)
    }
  }

  private func read(
    _ log: [UInt8], reportsProgress: Bool, inPiecesOf size: Int = .max
  ) -> (events: [String], reader: LogReader) {
    let reader = LogReader(reportsProgress: reportsProgress)
    let (events, end) = Logs.read(log, inPiecesOf: size, reader: reader)
    return (events.map(\.told), end)
  }

  /// The first difference says more than a hundred thousand events.
  private func expectSame(_ events: [String], _ expected: [String]) {
    #expect(events.count == expected.count)
    if let (event, other) = zip(events, expected).first(where: { $0 != $1 }) { #expect(event == other) }
  }

  /// What Nix's messages come to is for other tests.
  private func withoutMessage(_ event: String) -> String {
    event.split(separator: " ").dropFirst().first == "complaint"
      ? event.split(separator: " ").prefix(2).joined(separator: " ") : event
  }
}

extension Logs {
  /// The names of all recorded logs of records, hostile ones included.
  static func recordedRecords() throws -> [String] {
    guard let fixtures = Bundle.module.resourceURL?.appending(path: "Fixtures") else {
      throw CocoaError(.fileNoSuchFile)
    }
    return try FileManager.default.subpathsOfDirectory(atPath: fixtures.path).filter { $0.hasSuffix(".json") }
      .sorted()
  }
}
