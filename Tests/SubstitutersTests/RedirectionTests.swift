import Foundation
import NixModel
import TestSupport
import Testing

@testable import Substituters

@Suite struct `A redirection` {
  @Test(arguments: [
    "http://127.0.0.1:65536/x", "http://127.0.0.1:99999/x", "https://127.0.0.1:70000/x", "//127.0.0.1:65536",
    "http://127.0.0.1:18446744073709551616/", "http://127.0.0.1:-1/", "http://[::1]:65536/", "http://[::1/",
    "http://", "http:///x", "http://:80/", "ftp://127.0.0.1/x", "file:///etc/passwd", "javascript:0",
    "http:x",
    "http://a b/", "http://\u{7F}/", "http://%00/", "https://@/", "http://x:8o/",
  ])
  func `to what is no address is told, and ends nothing`(location: String) async throws {
    let wide = try Wide(leaves: 0)
    let cache = try await StubCache {
      $0.path.hasSuffix(".narinfo")
        ? .init(status: 302, headers: ["Location": location]) : wide.answer(to: $0)
    }
    let forecast = try await wide.survey(cache)
    #expect(forecast.answer == .unknown)
    let address = try #require(WebAddress(parsing: "\(cache.url)/x.narinfo"))
    #expect(address.redirected(to: location) == nil)
  }

  @Test(arguments: [
    "http://127.0.0.1:65536", "http://127.0.0.1:99999/x", "https://cache.example:65536",
  ])
  func `nor ends an address of a cache that is none anything`(address: String) async throws {
    guard let url = try? SubstituterURL(parsing: address) else { return }
    let transport = HTTPTransport()
    let answer = await #expect(throws: ExchangeError.self) {
      try await transport.exchange(with: url).ask(Request(url: "\(address)/x", method: .presence))
    }
    if case .unreachable = answer {} else { Issue.record("\(String(describing: answer))") }
    let push = await transport.mayPush(to: "c", at: address, with: "t")
    #expect(push == .unanswered("its address cannot be asked"))
    await transport.shutdown()
  }

  @Test(arguments: [1, 6, 10, 11, 50])
  func `is followed as often as Nix follows one`(count: Int) async throws {
    let wide = try Wide(leaves: 1)
    let cache = try await StubCache { request in
      let parts = request.path.split(separator: "/")
      let left = parts.count == 2 ? Int(parts[0]) ?? 0 : count
      let name = "/\(parts.last ?? "")"
      guard name.hasSuffix(".narinfo"), left > 0 else {
        return wide.texts[name].map { .text($0) } ?? .notFound
      }
      return .init(status: [301, 302, 303, 307, 308][left % 5], headers: ["Location": "/\(left - 1)\(name)"])
    }
    let forecast = try await wide.survey(cache)
    #expect(forecast.answer == (count <= 10 ? .yes : .unknown))
  }

  @Test(
    arguments: [
      ("http://h/a/b?c", "/d", "http://h/d"), ("http://h/a/b?c", "d?e", "http://h/a/d?e"),
      ("http://h/a/b?c", "?e", "http://h/a/b?e"), ("http://h/a/b?c", "#e", "http://h/a/b?c"),
      ("http://h/a/b/c", "../d", "http://h/a/d"), ("http://h/a/b", "../../../d", "http://h/d"),
      ("http://h/a/b", "./", "http://h/a/"), ("http://h/a/b", "..", "http://h/"),
      ("http://h/a/", "http:8/", nil), ("https://h/a", "//i:8443/j#k", "https://i:8443/j"),
      ("https://h/a", "http://u:p@I.example:080/j", "http://i.example/j"),
      ("https://h/a", " /b c\u{E4} ", "https://h/b%20c%C3%A4"), ("https://h", "", nil),
      ("http://h/a", "HTTPS://H/", "https://h/"),
      ("http://h/a", "https://[2001:DB8::1]:444", "https://[2001:db8::1]:444/"),
    ] as [(String, String, String?)])
  func `leads where it says`(from: String, location: String, to: String?) throws {
    let address = try #require(WebAddress(parsing: from))
    #expect(address.redirected(to: location)?.text == to)
  }

  @Test(arguments: [
    ("http://h", "http://h/"), ("http://h:80?x", "http://h/?x"), ("https://h:443/", "https://h/"),
    ("http://h:/x", "http://h/x"), ("http://u@h:8080/x", "http://h:8080/x"), ("http://h:0080", "http://h/"),
    ("http://h:65535/", "http://h:65535/"), ("http://b\u{FC}cher.example/", "http://xn--bcher-kva.example/"),
  ])
  func `and an address are read alike`(text: String, canonical: String) {
    #expect(WebAddress(parsing: text)?.text == canonical)
  }
}
