import Machine
import NixModel
import Testing

@testable import Publishing

/// What cannot be ordered, and what is made of the rest.
@Suite struct `An order` {
  private func attic(
    server: String = "https://a.example", alias: String = "warmth", cache: String = "main",
    token: String? = "t0ken"
  ) throws -> Destination {
    .attic(
      try Destination.AtticServer(
        server: server, alias: alias, cache: cache, token: token, ignoresUpstreamFilter: false))
  }

  private func order(_ destination: Destination?, readSide: String? = nil, upstreams: [String] = []) throws
    -> Order
  {
    let builds = try #require(BuildsDirectory(nil, needsVolume: false))
    return try Order(
      [], to: destination, readSide: readSide, upstreams: upstreams, readKeys: [], ownKeys: [],
      upstreamKeyNames: [], hasBuildClosure: false, builds: builds, controlGroup: nil, nixpkgs: "nixpkgs")
  }

  @Test(arguments: [
    ("https://a.example/", "https://a.example/main"),
    ("https://a.example/below/", "https://a.example/below/main"),
  ])
  func `of an Attic cache is read below its server`(server: String, readSide: String) throws {
    #expect(try order(attic(server: server)).readSide?.canonical == readSide)
  }

  @Test(
    arguments: [
      ("file:///srv/cache", "file:///srv/cache"), ("https://c.example?compression=zstd", "https://c.example"),
      ("ssh-ng://me@c.example", nil),
    ] as [(String, String?)])
  func `of a store is read there, if anybody can`(to: String, readSide: String?) throws {
    let copy = try Destination.NixCopy(to: to, signingWith: nil)
    #expect(try order(.nixCopy(copy)).readSide?.canonical == readSide)
  }

  @Test(arguments: [
    ("file:///c", "file:///c?secret-key=/k"), ("https://c?a=b", "https://c?a=b&secret-key=/k"),
    ("ssh://c", "ssh://c"),
  ])
  func `names the key to sign with where the store signs`(to: String, address: String) throws {
    #expect(try Destination.NixCopy(to: to, signingWith: "/k").address == address)
  }

  @Test(arguments: [
    "", "a/b", "-a", String(repeating: "a", count: 51), "main\n",
  ]) func `is refused of a cache that Attic would not take`(cache: String) {
    #expect(throws: Refusal.self) { try attic(cache: cache) }
  }

  @Test(arguments: [nil, "", " ", "two words", "two\nlines", "ümlaut"] as [String?])
  func `is refused without a token that is one`(token: String?) {
    #expect(throws: Refusal.self) { try attic(token: token) }
  }

  @Test func `does not print its token`() throws {
    let token = try PublisherToken("hunter2hunter2\n")
    var shown = "\(token)"
    dump(try attic(token: "hunter2hunter2"), to: &shown)
    #expect(!shown.contains("hunter2"))
  }

  @Test(arguments: [
    "https://u:hunter2@c.example", "https://u@c.example", "ssh://u:hunter2@c.example", "s3://k@bucket",
    "ftp://c.example", "/srv/cache", "https://c.example/\"", "https://c.example/\n", "",
  ]) func `is refused of an address that nobody may see, or that is none`(address: String) {
    let refusal = #expect(throws: Refusal.self) { try Destination.NixCopy(to: address, signingWith: nil) }
    #expect(refusal?.description.contains("hunter2") == false)
  }

  @Test func `is refused where the bucket itself would be the read side`() throws {
    let copy = Destination.nixCopy(try Destination.NixCopy(to: "s3://bucket", signingWith: nil))
    #expect(throws: Refusal.self) { try order(copy) }
    #expect(throws: Refusal.self) { try order(copy, readSide: "s3://bucket") }
    #expect(try order(copy, readSide: "https://c.example/").readSide?.canonical == "https://c.example")
  }
}
