import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Substituters

/// A file that is handed to a collector which listens for real.
@Suite struct `An upload` {
  private let content = Data(repeating: 7, count: 200_000)

  /// Hands the file to `path` of a collector, without waiting between tries.
  private func put(
    _ path: String, to collector: StubCache, as user: String = "", patience: Patience? = nil,
    within seconds: Int = 300
  ) async throws {
    let file = URL(filePath: Scratch.path("test"))
    try content.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let address = collector.url.replacing("http://", with: "http://\(user)") + path
    let impatient = Patience(pauses: [.zero, .zero, .zero]) { _ in }
    try await Upload(patience: patience ?? impatient, within: seconds).put(
      file, to: try CollectorAddress(parsing: address, naming: "run-1.warmth-bundle"))
  }

  private func collector(_ statuses: Int...) async throws -> StubCache {
    let rest = Mutex(statuses[...])
    return try await StubCache { _ in
      StubCache.Answer(status: rest.withLock { $0.popFirst() } ?? statuses.last ?? 200)
    }
  }

  @Test(arguments: [200, 201, 204]) func `arrives as a whole, and says what it is`(status: Int) async throws {
    let collector = try await collector(status)
    try await put("/a/b?X-Signature=s%2Fecret&x=1", to: collector)
    let request = try #require(collector.requests.first)
    #expect(collector.requests.count == 1)
    #expect(request.method == "PUT")
    #expect(request.path == "/a/b?X-Signature=s%2Fecret&x=1")
    #expect(Data(request.body) == content)
    #expect(request.headers["content-length"] == "\(content.count)")
    #expect(request.headers["content-type"] == "application/jsonl")
    #expect(request.headers["transfer-encoding"] == nil)
    #expect(request.headers["authorization"] == nil)
  }

  @Test(arguments: [
    ("/evidence/", "/evidence/run-1.warmth-bundle"), ("", "/run-1.warmth-bundle"),
    ("/", "/run-1.warmth-bundle"), ("/evidence/?sig=1", "/evidence/run-1.warmth-bundle?sig=1"),
    ("/evidence/x", "/evidence/x"),
  ])
  func `is named after its run where the address is a directory`(path: String, asked: String) async throws {
    let collector = try await collector(200)
    try await put(path, to: collector)
    #expect(collector.requests.map(\.path) == [asked])
  }

  @Test func `has the password of its address, and shows it to nobody`() async throws {
    let collector = try await collector(200)
    try await put("/x", to: collector, as: "me:hunter2@")
    let pair = Data("me:hunter2".utf8).base64EncodedString()
    #expect(collector.requests.first?.headers["authorization"] == "Basic \(pair)")
    let address = try CollectorAddress(parsing: "https://me:hunter2@c.example/x?sig=hunter3", naming: "n")
    let shown =
      "\(address) \(String(reflecting: address)) \(Mirror(reflecting: address).children.map { "\($0)" })"
    #expect(!shown.contains("hunter") && shown.contains("https://c.example/x"))
  }

  @Test func `is tried again where the answer may be passing`() async throws {
    for passing in [500, 502, 503, 429] {
      let collector = try await collector(passing, passing, 200)
      try await put("/x", to: collector)
      #expect(collector.requests.count == 3)
      #expect(collector.requests.allSatisfy { Data($0.body) == content })
    }
    let failing = try await collector(500)
    let error = await #expect(throws: UploadError.self) { try await put("/x?sig=hunter2", to: failing) }
    #expect(error?.flaw == .status(500))
    #expect(failing.requests.count == 4)
    #expect(error?.description == "\(failing.url)/x answered with HTTP 500 (tried 4 times)")
  }

  @Test(arguments: [400, 401, 403, 404, 413]) func `is not tried again where it is refused`(status: Int)
    async throws
  {
    let collector = try await collector(status)
    let error = await #expect(throws: UploadError.self) { try await put("/x?sig=hunter2", to: collector) }
    #expect(error?.flaw == .status(status))
    #expect(collector.requests.count == 1)
    #expect(error?.description.contains("\(collector.url)/x ") == true)
    #expect(error?.description.contains("hunter2") == false)
  }

  @Test(arguments: [301, 302, 303, 307, 308]) func `does not follow a redirection`(status: Int) async throws {
    let elsewhere = try await collector(200)
    let collector = try await StubCache { _ in
      StubCache.Answer(status: status, headers: ["Location": "\(elsewhere.url)/y"])
    }
    let error = await #expect(throws: UploadError.self) { try await put("/x", to: collector) }
    #expect(error?.description.contains("it redirects") == true)
    #expect(elsewhere.requests.isEmpty)
  }

  @Test func `says that nobody listens`() async throws {
    let collector = try await collector(200)
    try await collector.stop()
    let error = await #expect(throws: UploadError.self) { try await put("/x?sig=hunter2", to: collector) }
    #expect(
      error?.description == "\(collector.url)/x cannot be reached: nobody listens there (tried 4 times)")
  }

  @Test func `does not wait for a collector that says nothing`() async throws {
    let collector = try await StubCache { _ in .text("x").delayed(byMilliseconds: 600_000) }
    let start = ContinuousClock.now
    let error = await #expect(throws: UploadError.self) {
      try await put("/x", to: collector, patience: Patience(pauses: []), within: 1)
    }
    #expect(error?.flaw == .stalled)
    #expect(ContinuousClock.now - start < .seconds(120))
  }

  @Test(arguments: [
    "", "collector", "ftp://c.example/x", "https://", "https:///x", "file:///tmp/x",
    "https://c.example/x#part",
    "https://c.example/a b", "https://c.example/\u{e4}",
    "https://c.example/" + String(repeating: "a", count: 9000),
  ])
  func `has an address, or is not tried, and quotes nothing of it`(text: String) {
    let error = #expect(throws: CollectorAddressError.self) {
      try CollectorAddress(parsing: text, naming: "n")
    }
    #expect(error?.description.contains("c.example") == false)
  }
}
