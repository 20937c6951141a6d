import Building
import Foundation
import NixModel
import Testing

@testable import Clouds

/// What a machine's journal says.
@Suite struct `The journal of a machine` {
  private static let build = RunID("20260503T120000Z-4k7xbq")

  private func read(_ text: String, in pieces: Int = 7) -> [JournalEntry] {
    var reader = AnswerReader()
    var entries: [JournalEntry] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { entries += reader.take($0) }
    }
    return entries + reader.end()
  }

  private static let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"

  private static func entry(_ fields: [String: String]) -> String {
    let all = ["__CURSOR": "c1", "__REALTIME_TIMESTAMP": "1777809700000000", "MESSAGE": "m", "_UID": "0"]
      .merging(fields) { _, new in
        new
      }
    let body = (try? JSONEncoder().encode(all)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return body + "\n"
  }

  private static let phase = ["WARMTH_RUN": "\(build)", "WARMTH_PHASE": "building"]

  @Test(arguments: [1, 2, 7, 4096]) func `is read in whatever pieces it comes`(pieces: Int) {
    let entries = read(
      Self.head + Self.entry(Self.phase) + Self.entry(["__CURSOR": "c2", "MESSAGE": "two"]), in: pieces)
    #expect(entries.map(\.cursor) == ["c1", "c2"])
    #expect(entries.first?.report(of: Self.build)?.fact == .reached(.building))
    #expect(entries.last?.report(of: Self.build) == nil)
  }

  /// Evaluated code can write entries as well, and the kernel says who wrote them.
  @Test(arguments: [
    ["_UID": "1000"], ["_UID": ""], ["WARMTH_RUN": "other"], ["WARMTH_PHASE": "flying"],
    ["__REALTIME_TIMESTAMP": "x"],
    ["WARMTH_PHASE": "done"], ["WARMTH_PHASE": "done", "WARMTH_EXIT": "zero"],
  ]) func `reports by root's word alone`(fields: [String: String]) {
    let entries = read(Self.head + Self.entry(Self.phase.merging(fields) { _, new in new }))
    #expect(entries.count == 1)
    #expect(entries.first?.report(of: Self.build) == nil)
  }

  @Test func `tells how a build ended`() {
    let fields = [
      "WARMTH_RUN": "\(Self.build)", "WARMTH_PHASE": "done", "WARMTH_EXIT": "0", "WARMTH_REASON": "built",
      "WARMTH_UPLOADED": "true",
      "WARMTH_OUTPUTS": "/nix/store/00000000000000000000000000000000-x nonsense /etc/passwd",
    ]
    guard case .ended(let end) = read(Self.head + Self.entry(fields)).first?.report(of: Self.build)?.fact
    else {
      Issue.record("it tells nothing")
      return
    }
    #expect(end.isSuccess)
    #expect(end.outputs.map(\.description) == ["/nix/store/00000000000000000000000000000000-x"])
  }

  /// A machine that says `failed` with 0 has failed.
  @Test func `makes no success of a failure`() {
    let fields = [
      "WARMTH_RUN": "\(Self.build)", "WARMTH_PHASE": "failed", "WARMTH_EXIT": "0", "WARMTH_UPLOADED": "true",
    ]
    guard case .ended(let end) = read(Self.head + Self.entry(fields)).first?.report(of: Self.build)?.fact
    else {
      Issue.record("it tells nothing")
      return
    }
    #expect(!end.isSuccess)
  }

  @Test(arguments: [
    "", "\r\n\r\n", "HTTP/1.1 404 Not Found\r\n\r\n{\"__CURSOR\": \"c\"}\n",
    "SSH-2.0-x\n{\"__CURSOR\": \"c\"}\n", head + "{]\n[]\n{}\n\u{0}\n",
  ])
  func `takes nothing else for an entry`(text: String) { #expect(read(text).isEmpty) }

  @Test func `has fields of bytes, of several values, and of none`() {
    let line = #"{"__CURSOR":"c","MESSAGE":[104,105],"A":null,"B":["x","y"],"_SYSTEMD_UNIT":"u.service"}"#
    let entry = read(Self.head + line + "\n").first
    #expect(entry?.message == "hi")
    #expect(entry?.source == "u.service")
  }

  @Test func `is asked after a place, with a number of entries`() {
    let question = Journal.Question(isOfReports: true, follows: true, after: "s=1;i=2")
    #expect(question.target(Self.build) == "/entries?_UID=0&WARMTH_RUN=\(Self.build)&follow")
    #expect(question.headers.last.map { "\($0.0): \($0.1)" } == "Range: entries=s=1;i=2:1:1000000")
  }
}
