import NixModel
import TestSupport
import Testing

@testable import Substituters

/// An environment, a server, and the proxy through which it is asked.
struct ProxyCase: CustomTestStringConvertible, Sendable {
  let environment: [String: String]
  let address: String
  let proxy: String?

  init(_ environment: [String: String], _ address: String, _ proxy: String?) {
    self.environment = environment
    self.address = address
    self.proxy = proxy
  }

  var testDescription: String { "\(environment) for \(address)" }

  private static func exception(_ list: String, _ host: String, _ isException: Bool) -> ProxyCase {
    ProxyCase(
      ["all_proxy": "http://p:1", "no_proxy": list], "http://\(host)/", isException ? nil : "http p:1")
  }

  static let table: [ProxyCase] = [
    .init(["http_proxy": "http://p:3128"], "http://c/", "http p:3128"),
    .init(["http_proxy": "http://p:3128"], "https://c/", nil),
    // A web server makes this variable of a header: curl leaves it alone.
    .init(["HTTP_PROXY": "http://p:3128"], "http://c/", nil),
    .init(["https_proxy": "http://p:3128"], "https://c/", "http p:3128"),
    .init(["HTTPS_PROXY": "p:3128"], "https://c/", "http p:3128"),
    .init(["HTTPS_PROXY": "http://q:1", "https_proxy": "http://p:1"], "https://c/", "http p:1"),
    .init(["all_proxy": "http://p:1"], "http://c/", "http p:1"),
    .init(["ALL_PROXY": "http://p:1"], "https://c/", "http p:1"),
    .init(["all_proxy": "http://p:1", "https_proxy": "http://q:1"], "https://c/", "http q:1"),
    .init(["http_proxy": "", "all_proxy": "http://p:1"], "http://c/", "http p:1"),
    .init(["http_proxy": "p"], "http://c/", "http p:1080"),
    .init(["http_proxy": "http://[::1]"], "http://c/", "http ::1:1080"),
    .init(["http_proxy": "socks5h://p"], "http://c/", "socks p:1080"),
    .init(["https_proxy": "https://p:443"], "https://c/", "other(\"https\") p:443"),
    .init(["https_proxy": "socks4://p:1"], "https://c/", "other(\"socks4\") p:1"),
    .init(["https_proxy": "http://p:65536"], "https://c/", "http :0"),
    .init([:], "https://c/", nil),
    .init(["all_proxy": "http://p:1", "NO_PROXY": "c"], "http://c/", nil),
    exception("*", "c.example", true), exception("c.example", "c.example", true),
    exception("c.example", "a.c.example", true), exception(".c.example", "a.c.example", true),
    exception(".c.example", "c.example", true), exception("c.example", "ac.example", false),
    exception("x, C.Example", "c.example", true), exception("x C.Example.", "c.example", true),
    exception("10.0.0.0/8", "10.1.2.3", true), exception("10.0.0.0/8", "11.1.2.3", false),
    exception("10.0.0.0/99", "10.1.2.3", false), exception("127.0.0.1", "127.0.0.1", true),
    exception("0.0.0.0/0", "127.0.0.1", true), exception("::1", "[::1]", true),
    exception("[::1]", "[::1]", true), exception("fd00::/8", "[fd12::1]", true),
    exception("0.1", "127.0.0.1", false), exception("", "c", false), exception(",", "c", false),
  ]
}

@Suite struct `A proxy of the environment` {
  @Test(arguments: ProxyCase.table)
  func `is chosen as curl chooses it`(one: ProxyCase) throws {
    let server = try #require(WebAddress(parsing: one.address)?.server)
    let proxy = Proxies(environment: one.environment).proxy(for: server)
    #expect(proxy.map { "\($0.kind) \($0.host):\($0.port)" } == one.proxy)
  }

  @Test func `is asked for everything of a cache that only it can reach`() async throws {
    let wide = try Wide(leaves: 20)
    let proxy = try await StubCache { request in
      guard request.path.hasPrefix("http://cache.invalid:8080/"),
        request.headers["proxy-authorization"] != nil
      else { return .init(status: 407) }
      let path = String(request.path.dropFirst("http://cache.invalid:8080".count))
      return wide.texts[path].map { .text($0) } ?? .notFound
    }
    let environment = ["http_proxy": proxy.url.replacing("http://", with: "http://me:p%40w@")]
    let forecast = try await wide.survey(
      proxy, through: HTTPTransport(proxies: Proxies(environment: environment)),
      at: "http://cache.invalid:8080")
    #expect(forecast.answer == .yes)
    #expect(forecast.paths == 21)
    #expect(proxy.requests.allSatisfy { $0.headers["proxy-authorization"] == "Basic bWU6cEB3" })
    #expect(proxy.requests.allSatisfy { $0.headers["host"] == "cache.invalid:8080" })
    #expect(proxy.requests.allSatisfy { $0.headers["authorization"] == nil })
  }

  @Test(arguments: ["https://127.0.0.1:1", "socks4://127.0.0.1:1", "http://127.0.0.1:65536"])
  func `that cannot be used is named, and the cache is none the worse`(proxy: String) async throws {
    let wide = try Wide(leaves: 0)
    let cache = try await StubCache { wide.answer(to: $0) }
    let forecast = try await wide.survey(
      cache, through: HTTPTransport(proxies: Proxies(environment: ["http_proxy": proxy])))
    #expect(forecast.answer == .unknown)
    let state = try #require(forecast.caches.first).cache.state
    #expect("\(state)".hasPrefix("unreachable") && "\(state)".contains("through a proxy"))
  }
}
