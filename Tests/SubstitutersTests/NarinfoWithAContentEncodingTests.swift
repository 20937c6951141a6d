import NixModel
import TestSupport
import Testing

@testable import Substituters

/// One way in which a narinfo lies in an object store, and which Nix reads it so. What each Nix does was tried on
/// 2.8, 2.26 and 2.34.
struct StoredNarinfo: CustomTestStringConvertible, Sendable {
  let field: String
  let pack: @Sendable ([UInt8]) -> [UInt8]
  let readers: Set<NixDecoding>
  let name: String

  init(
    _ field: String, _ readers: Set<NixDecoding>, _ name: String? = nil,
    _ pack: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) {
    self.field = field
    self.readers = readers
    self.name = name ?? field
    self.pack = pack
  }

  var testDescription: String { name }

  static let all: Set<NixDecoding> = [.byContent, .byName, .asCurl]
  static let table: [StoredNarinfo] = [
    .init("gzip", all) { Packing.gzip($0) },
    .init("br", all) { Packing.brotli($0) },
    .init("zstd", all) { Packing.zstd($0) },
    .init("xz", [.byContent, .byName]) { Packing.xz($0) },
    .init("bzip2", [.byContent, .byName]) { Packing.bzip2($0) },
    .init("x-gzip", [.byContent, .asCurl]) { Packing.gzip($0) },
    .init("GZIP", [.byContent, .asCurl]) { Packing.gzip($0) },
    .init("x-bzip2", [.byContent]) { Packing.bzip2($0) },
    .init("deflate", [.asCurl]) { Packing.deflate($0) },
    .init("deflate", [.asCurl], "deflate without its wrapping") { Packing.bareDeflate($0) },
    .init("gzip, br", [.asCurl]) { Packing.brotli(Packing.gzip($0)) },
    .init("gzip", [.byContent], "gzip, and really zstd") { Packing.zstd($0) },
    .init("none", all) { $0 },
    .init("identity", [.asCurl]) { $0 },
    .init("aws-chunked", [], "aws-chunked") { $0 },
    .init("gzip", [], "gzip, and really plain") { $0 },
    .init("br", [], "br, and really plain") { $0 },
    .init("zstd", [], "zstd, and cut") { Packing.zstd($0).dropLast(8) },
    .init("gzip, gzip, gzip, gzip", [], "too many layers") { $0 },
  ]
}

@Suite struct `A narinfo with a Content-Encoding` {
  private let text = Array("StorePath: /nix/store/x\nURL: nar/y.nar.xz\n".utf8)

  @Test(arguments: StoredNarinfo.table)
  func `is read by whom Nix reads it`(stored: StoredNarinfo) {
    let packed = stored.pack(text)
    for nix in NixDecoding.allCases {
      let content = try? ContentEncoding(stored.field).decoded(packed, ofAtMost: 1000, as: nix)
      #expect(content == (stored.readers.contains(nix) ? text : nil), "\(nix)")
    }
    let content = try? ContentEncoding(stored.field).decoded(packed, ofAtMost: 1000, as: nil)
    #expect(content == (stored.readers.isEmpty ? nil : text))
  }

  @Test(arguments: StoredNarinfo.table)
  func `is offered, or no fault of the cache's`(stored: StoredNarinfo) async throws {
    let wide = try Wide(leaves: 1)
    let cache = try await StubCache { request in
      let plain = wide.answer(to: request)
      guard plain.body != StubCache.Answer.notFound.body else { return plain }
      return .init(
        status: 200, headers: ["Content-Encoding": stored.field], body: stored.pack(plain.body))
    }
    for nix in NixDecoding.allCases {
      let forecast = try await wide.survey(cache, decoding: nix)
      let isRead = stored.readers.contains(nix)
      #expect(forecast.answer == (isRead ? .yes : .unknown), "\(nix): \(forecast.lacks)")
    }
  }

  @Test func `says what it is that nobody reads`() async throws {
    let wide = try Wide(leaves: 0)
    let cache = try await StubCache { request in
      let plain = wide.answer(to: request)
      return request.path.hasSuffix(".narinfo")
        ? .init(status: 200, headers: ["Content-Encoding": "aws-chunked"], body: plain.body) : plain
    }
    let forecast = try await wide.survey(cache)
    #expect(
      forecast.lacks.first?.cause
        == "its narinfo has the Content-Encoding 'aws-chunked', which warmth cannot decode")
  }

  @Test(arguments: ["gzip", "zstd", "xz", "bzip2", "deflate"])
  func `grows no further than a narinfo may be`(name: String) throws {
    let bomb = [UInt8](repeating: 0x41, count: 4 << 20)
    let packed =
      switch name {
      case "gzip": Packing.gzip(bomb)
      case "zstd": Packing.zstd(bomb)
      case "xz": Packing.xz(bomb)
      case "bzip2": Packing.bzip2(bomb)
      default: Packing.deflate(bomb)
      }
    #expect(throws: ContentEncoding.Flaw.tooLong) {
      try ContentEncoding(name).decoded(packed, ofAtMost: Narinfo.maximumSize, as: nil)
    }
    #expect(try ContentEncoding(name).decoded(packed, ofAtMost: bomb.count, as: nil) == bomb)
    #expect(throws: ContentEncoding.Flaw.tooLong) {
      try ContentEncoding(name).decoded(packed, ofAtMost: bomb.count - 1, as: nil)
    }
  }
}
