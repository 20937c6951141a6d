/// The `Content-Encoding` of an answer, and how to decode its content.
///
/// A cache's files lie in an object store as they were put there: `nix copy --to 's3://…?narinfo-compression=br'` packs
/// them. The object store sends them packed, also to clients that do not accept the encoding.
struct ContentEncoding: Hashable, Sendable {
  /// As the answer has it.
  let text: String
  /// Each encoding's name in small letters, in the order in which they were applied.
  private let names: [String]

  init(_ text: String) {
    self.text = text
    names = text.split(separator: ",").map {
      String($0.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }).lowercased()
    }.filter { !["", "identity", "none"].contains($0) }
  }

  /// Why content could not be decoded.
  enum Flaw: Error, Hashable {
    /// It is no encoding that we know.
    case unknown
    /// It is one that the Nix in use does not decode.
    case notReadByNix
    /// The content is not encoded so.
    case damaged
    /// It is longer, decoded, than was allowed.
    case tooLong
  }

  /// How often content is packed at most. A store packs it once.
  private static let mostLayers = 3

  /// `bytes`, decoded, where every Nix decodes them.
  func decodedByAny(_ bytes: [UInt8], ofAtMost limit: Int) throws(Flaw) -> [UInt8] {
    try decoded(bytes, ofAtMost: limit) { isRead in NixDecoding.allCases.allSatisfy(isRead) }
  }

  /// `bytes`, decoded.
  ///
  /// - Parameter nix: how the Nix in use decodes. Where that is not known, every encoding is read that some Nix reads.
  func decoded(_ bytes: [UInt8], ofAtMost limit: Int, as nix: NixDecoding?) throws(Flaw) -> [UInt8] {
    try decoded(bytes, ofAtMost: limit) { isRead in
      nix.map(isRead) ?? NixDecoding.allCases.contains(where: isRead)
    }
  }

  private func decoded(
    _ bytes: [UInt8], ofAtMost limit: Int, ifRead: ((NixDecoding) -> Bool) -> Bool
  ) throws(Flaw) -> [UInt8] {
    guard names.count <= Self.mostLayers else { throw .unknown }
    let first = names.last.flatMap { compression(named: $0, of: bytes) }
    var content = bytes
    for name in names.reversed() {
      guard let compression = compression(named: name, of: content) else { throw .unknown }
      do { content = try compression.unpacked(content, ofAtMost: limit) } catch {
        throw error == .tooLong ? .tooLong : .damaged
      }
    }
    guard ifRead({ $0.reads(text, names, first) }) else { throw .notReadByNix }
    return content
  }

  /// The magic number in the content counts, as in libarchive; the name counts for formats without one.
  private func compression(named name: String, of bytes: [UInt8]) -> Compression? {
    switch name {
    case "br": .brotli
    case "deflate": .deflate
    case "lzma": .lzma
    case "gzip", "x-gzip": Compression(of: bytes) ?? .gzip
    case "zstd": Compression(of: bytes) ?? .zstd
    case "xz": Compression(of: bytes) ?? .xz
    case "bzip2", "x-bzip2": Compression(of: bytes) ?? .bzip2
    default: Compression(of: bytes)
    }
  }
}

/// How a Nix decodes packed content. Each way was tried on 2.8, 2.26 and 2.34.
public enum NixDecoding: Hashable, Sendable, CaseIterable {
  /// By the magic number of the content, but for `br` (before 2.22).
  case byContent
  /// By the very names of libarchive's filters (2.22 to 2.33).
  case byName
  /// As curl does (from 2.34).
  case asCurl

  /// Whether it reads content of the encoding `text`, which has these `names`, with the magic number of `compression`.
  fileprivate func reads(_ text: String, _ names: [String], _ compression: Compression?) -> Bool {
    guard let compression else { return names.isEmpty && (text == "none" || text.isEmpty || self == .asCurl) }
    switch self {
    case .byContent:
      return switch compression {
      case .gzip, .zstd, .xz, .bzip2: names.count == 1
      case .brotli: text == "br"
      case .deflate, .lzma: false
      }
    case .byName:
      return switch compression {
      case .gzip: text == "gzip"
      case .zstd: text == "zstd"
      case .xz: text == "xz"
      case .bzip2: text == "bzip2"
      case .lzma: text == "lzma"
      case .brotli: text == "br"
      case .deflate: false
      }
    case .asCurl:
      // It goes by the name, and refuses content of another format.
      let isNamed =
        switch names.last {
        case "gzip", "x-gzip": compression == .gzip
        case "zstd": compression == .zstd
        default: true
        }
      return isNamed && names.allSatisfy { ["gzip", "x-gzip", "deflate", "br", "zstd"].contains($0) }
    }
  }
}
