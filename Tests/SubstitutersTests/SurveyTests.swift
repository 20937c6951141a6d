import Foundation
import NixModel
import Substituters
import TestSupport
import Testing

/// A cache of two paths, `top` referring to `base`, served over HTTP.
private struct Shop {
  let key = LabKey("lab-1")
  let top: StorePath
  let base: StorePath
  let texts: [String: String]
  let patience = Patience(pauses: [.zero, .zero], wait: { _ in })

  init() throws {
    top = try Make.path("top-1.0")
    base = try Make.path("base-1.0")
    texts = [
      "/nix-cache-info": "StoreDir: /nix/store\nPriority: 30\n",
      "/\(top.hashPart).narinfo": try Make.narinfoText(top, references: [base, top], signedBy: [key]),
      "/\(base.hashPart).narinfo": try Make.narinfoText(base, signedBy: [key]),
      "/nar/\(top.hashPart).nar.xz": String(repeating: "n", count: 60),
    ]
  }

  func cache(
    faults: @escaping @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer = { $1 }
  ) async throws -> StubCache {
    let texts = texts
    return try await StubCache { request in
      let whole = texts[request.path].map { StubCache.Answer(status: 200, body: Array($0.utf8)) } ?? .notFound
      return faults(request, whole)
    }
  }

  func survey(_ urls: [String], of roots: [StorePath]? = nil) async throws -> Survey {
    let transport = HTTPTransport()
    let surveyor = Surveyor(
      substituters: try urls.map { try SubstituterURL(parsing: $0) }, keys: TrustedKeys([try key.trusted()]),
      patience: patience
    ) { $0.scheme == "file" ? FileTransport.exchange : transport.exchange(with: $0) }
    let survey = await surveyor.survey(roots ?? [top])
    await transport.shutdown()
    return survey
  }
}

@Suite struct `A survey` {
  private let shop: Shop
  init() throws { shop = try Shop() }

  private func kind(_ survey: Survey, _ path: StorePath) throws -> Survey.Answer.Kind {
    try #require(survey.answers[path]?.first).kind
  }

  @Test func `follows references, verifies signatures, and looks for the target's archive`() async throws {
    let cache = try await shop.cache()
    let survey = try await shop.survey([cache.url])
    #expect(survey.caches.map(\.state) == [.open(priority: 30)])
    guard case .offered(let top, .present(size: 60)) = try kind(survey, shop.top),
      case .offered(_, .notAsked) = try kind(survey, shop.base)
    else {
      Issue.record("\(survey.answers)")
      return
    }
    #expect(top.authority == .signed(by: ["lab-1"]))
    #expect(cache.requests.count { $0.path.hasSuffix(".narinfo") } == 2)
    #expect(cache.requests.filter { $0.path.hasPrefix("/nar/") }.map(\.method) == ["HEAD"])
  }

  @Test func `asks for one byte where HEAD is refused`() async throws {
    let cache = try await shop.cache { $0.method == "HEAD" ? .init(status: 405) : $1 }
    guard case .offered(_, .present) = try kind(try await shop.survey([cache.url]), shop.top) else {
      Issue.record("the archive was not found")
      return
    }
    let asked = cache.requests.filter { $0.path.hasPrefix("/nar/") }
    #expect(asked.map(\.method) == ["HEAD", "GET"])
    #expect(asked.last?.headers["range"] == "bytes=0-0")
  }

  @Test(arguments: [(404, "missing"), (410, "missing"), (403, "refused"), (500, "failed")])
  func `says what became of the archive`(status: Int, word: String) async throws {
    let cache = try await shop.cache { $0.path.hasPrefix("/nar/") ? .init(status: status) : $1 }
    guard case .offered(_, let nar) = try kind(try await shop.survey([cache.url]), shop.top) else {
      Issue.record("the path was not offered")
      return
    }
    #expect("\(nar)".hasPrefix(word))
  }

  @Test(arguments: [
    (404, "absent"), (403, "refused"), (401, "refused"), (500, "failed"), (503, "failed"), (429, "failed"),
  ])
  func `says what became of the narinfo`(status: Int, word: String) async throws {
    let name = "/\(shop.top.hashPart).narinfo"
    let cache = try await shop.cache { $0.path == name ? .init(status: status) : $1 }
    #expect("\(try kind(try await shop.survey([cache.url]), shop.top))".hasPrefix(word))
  }

  @Test func `tries again where an error may pass`() async throws {
    let name = "/\(shop.top.hashPart).narinfo"
    let tries = Counter()
    let cache = try await shop.cache { request, answer in
      request.path == name && tries.next() <= 2 ? .init(status: 502) : answer
    }
    guard case .offered = try kind(try await shop.survey([cache.url]), shop.top) else {
      Issue.record("it gave up")
      return
    }
    #expect(tries.next() == 4)
  }

  @Test(arguments: ["<html></html>\n", "", "StorePath: x\n"])
  func `refuses what is no narinfo`(text: String) async throws {
    let name = "/\(shop.top.hashPart).narinfo"
    let cache = try await shop.cache { $0.path == name ? .init(status: 200, body: Array(text.utf8)) : $1 }
    guard case .invalid = try kind(try await shop.survey([cache.url]), shop.top) else {
      Issue.record("it was taken for a narinfo")
      return
    }
  }

  @Test func `refuses what is too long or no text`() async throws {
    let name = "/\(shop.top.hashPart).narinfo"
    for body in [[UInt8](repeating: 0x41, count: Narinfo.maximumSize + 1), [0xFF, 0xFE, 0x0A]] {
      let cache = try await shop.cache { $0.path == name ? .init(status: 200, body: body) : $1 }
      guard case .invalid = try kind(try await shop.survey([cache.url]), shop.top) else {
        Issue.record("it was taken for a narinfo")
        return
      }
    }
  }

  @Test(arguments: [
    ("StoreDir: /other/store\n", "unusable"), ("<html>\n", "unreachable"),
    ("Priority: high\n", "unreachable"),
    ("", "open(priority: 0)"),
  ])
  func `opens only caches for this store`(info: String, state: String) async throws {
    let cache = try await shop.cache {
      $0.path == "/nix-cache-info" ? .init(status: 200, body: Array(info.utf8)) : $1
    }
    let survey = try await shop.survey([cache.url])
    #expect("\(survey.caches[0].state)".hasPrefix(state))
  }

  @Test func `asks caches in Nix's order: by priority, then as listed`() async throws {
    let info = { @Sendable (priority: Int) in
      StubCache.Answer(status: 200, body: Array("Priority: \(priority)\n".utf8))
    }
    let late = try await shop.cache { $0.path == "/nix-cache-info" ? info(50) : $1 }
    let early = try await shop.cache { $0.path == "/nix-cache-info" ? info(10) : $1 }
    let same = try await shop.cache { $0.path == "/nix-cache-info" ? info(50) : $1 }
    let forced = try await shop.cache { $0.path == "/nix-cache-info" ? info(90) : $1 }
    let survey = try await shop.survey([
      late.url, early.url, same.url, forced.url + "?priority=1", late.url + "/",
    ])
    #expect(survey.caches.map(\.url.canonical) == [forced.url, early.url, late.url, same.url])
  }

  @Test func `knows a cache that nobody serves from one that fails`() async throws {
    let gone = try await shop.cache()
    try await gone.stop()
    let failing = try await StubCache { _ in .init(status: 503) }
    let survey = try await shop.survey([gone.url, failing.url])
    #expect(survey.caches.map(\.state) == [.unreachable("nobody listens there"), .failing(status: 503)])
    #expect(survey.answers[shop.top] == [])
  }

  @Test func `reads a cache in a directory`() async throws {
    let directory = URL(filePath: Scratch.path("test"))
    try FileManager.default.createDirectory(
      at: directory.appending(path: "nar"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    for (name, text) in shop.texts {
      try text.write(to: directory.appending(path: name), atomically: true, encoding: .utf8)
    }
    let survey = try await shop.survey(["file://\(directory.path)"])
    guard case .offered(_, .present(size: 60)) = try kind(survey, shop.top) else {
      Issue.record("\(survey.answers)")
      return
    }
  }

  @Test func `sends a cache's credentials to that cache alone`() async throws {
    let elsewhere = try await StubCache { _ in .init(status: 200) }
    let moved = elsewhere.url.replacing("127.0.0.1", with: "localhost")
    let archive = "/nar/\(shop.top.hashPart).nar.xz"
    let cache = try await shop.cache {
      $0.path == archive ? .init(status: 302, headers: ["Location": moved + archive]) : $1
    }
    _ = try await shop.survey([cache.url.replacing("http://", with: "http://me:pw@")])
    #expect(cache.requests.allSatisfy { $0.headers["authorization"] == "Basic bWU6cHc=" })
    #expect(elsewhere.requests.count == 1)
    #expect(elsewhere.requests.allSatisfy { $0.headers["authorization"] == nil })
  }
}

/// Counts calls from anywhere.
private final class Counter: @unchecked Sendable {
  // Guarded by the lock.
  private var count = 0
  private let lock = NSLock()
  func next() -> Int {
    lock.withLock {
      count += 1; return count
    }
  }
}
