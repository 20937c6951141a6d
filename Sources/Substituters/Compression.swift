import Decompressors

/// A way in which a file can be packed. An object store gives it out as it was put in, under the `Content-Encoding`
/// that it was put in with.
enum Compression: Hashable, Sendable {
  case gzip, deflate, brotli, zstd, xz, lzma, bzip2

  /// Why something could not be unpacked.
  enum Flaw: Error, Hashable {
    /// It is not packed so, or damaged.
    case damaged
    /// It is longer, unpacked, than was allowed.
    case tooLong
  }

  /// `LZMA_CONCATENATED`, which is a macro with a cast.
  private static let concatenated: UInt32 = 0x08
  /// How much memory a decoder of xz may take: as much as `xz -9` needs.
  private static let memory: UInt64 = 80 << 20

  /// The format of `bytes` by their magic number; `nil` where they have none.
  init?(of bytes: [UInt8]) {
    let signs: [(Compression, [UInt8])] = [
      (.gzip, [0x1F, 0x8B]), (.zstd, [0x28, 0xB5, 0x2F, 0xFD]), (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
      (.bzip2, Array("BZh".utf8)),
    ]
    guard let found = signs.first(where: { bytes.starts(with: $0.1) }) else { return nil }
    self = found.0
  }

  /// `bytes`, unpacked to at most `limit` bytes: they may be anything, and grow a thousandfold.
  func unpacked(_ bytes: [UInt8], ofAtMost limit: Int) throws(Flaw) -> [UInt8] {
    switch self {
    // Zlib tells gzip from its own wrapping; and servers send deflate without any.
    case .gzip: return try inflated(bytes, limit, window: 15 + 16)
    case .deflate:
      do { return try inflated(bytes, limit, window: 15) } catch {
        guard error == .damaged else { throw error }
        return try inflated(bytes, limit, window: -15)
      }
    case .brotli: return try brotli(bytes, limit)
    case .zstd: return try zstd(bytes, limit)
    case .xz, .lzma: return try lzma(bytes, limit)
    case .bzip2: return try bzip2(bytes, limit)
    }
  }

  private func inflated(_ bytes: [UInt8], _ limit: Int, window: Int32) throws(Flaw) -> [UInt8] {
    try Self.filled(limit) { output in
      bytes.withUnsafeBufferPointer { input -> Result<Int, Flaw> in
        var stream = z_stream()
        guard
          inflateInit2_(&stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return .failure(.damaged) }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(clamping: input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(clamping: output.count)
        let status = inflate(&stream, Z_FINISH)
        let written = output.count - Int(stream.avail_out)
        if status == Z_STREAM_END { return .success(written) }
        return .failure(stream.avail_out == 0 ? .tooLong : .damaged)
      }
    }
  }

  private func brotli(_ bytes: [UInt8], _ limit: Int) throws(Flaw) -> [UInt8] {
    try Self.filled(limit) { output in
      bytes.withUnsafeBufferPointer { input -> Result<Int, Flaw> in
        guard let state = BrotliDecoderCreateInstance(nil, nil, nil) else { return .failure(.damaged) }
        defer { BrotliDecoderDestroyInstance(state) }
        var (left, next) = (input.count, input.baseAddress)
        var (room, place) = (output.count, output.baseAddress)
        let result = BrotliDecoderDecompressStream(state, &left, &next, &room, &place, nil)
        switch result {
        case BROTLI_DECODER_RESULT_SUCCESS where left == 0: return .success(output.count - room)
        case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: return .failure(.tooLong)
        default: return .failure(.damaged)
        }
      }
    }
  }

  private func zstd(_ bytes: [UInt8], _ limit: Int) throws(Flaw) -> [UInt8] {
    try Self.filled(limit) { output in
      let count = ZSTD_decompress(output.baseAddress, output.count, bytes, bytes.count)
      if ZSTD_isError(count) == 0 { return .success(count) }
      return .failure(ZSTD_getErrorCode(count) == ZSTD_error_dstSize_tooSmall ? .tooLong : .damaged)
    }
  }

  private func lzma(_ bytes: [UInt8], _ limit: Int) throws(Flaw) -> [UInt8] {
    try Self.filled(limit) { output in
      bytes.withUnsafeBufferPointer { input -> Result<Int, Flaw> in
        var stream = lzma_stream()
        // Either of the two formats, and several of them one after the other.
        guard lzma_auto_decoder(&stream, Self.memory, Self.concatenated) == LZMA_OK else {
          return .failure(.damaged)
        }
        defer { lzma_end(&stream) }
        stream.next_in = input.baseAddress
        stream.avail_in = input.count
        stream.next_out = output.baseAddress
        stream.avail_out = output.count
        let status = lzma_code(&stream, LZMA_FINISH)
        if status == LZMA_STREAM_END { return .success(output.count - stream.avail_out) }
        return .failure(stream.avail_out == 0 ? .tooLong : .damaged)
      }
    }
  }

  private func bzip2(_ bytes: [UInt8], _ limit: Int) throws(Flaw) -> [UInt8] {
    var packed = bytes.map { CChar(bitPattern: $0) }
    return try Self.filled(limit) { output in
      var count = UInt32(clamping: output.count)
      let status = output.withMemoryRebound(to: CChar.self) { output in
        BZ2_bzBuffToBuffDecompress(output.baseAddress, &count, &packed, UInt32(clamping: packed.count), 0, 0)
      }
      switch status {
      case BZ_OK: return .success(Int(count))
      case BZ_OUTBUFF_FULL: return .failure(.tooLong)
      default: return .failure(.damaged)
      }
    }
  }

  /// The bytes that `fill` writes into a buffer of `limit` bytes and one more, which shows that there are too many.
  private static func filled(
    _ limit: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Result<Int, Flaw>
  ) throws(Flaw) -> [UInt8] {
    var result = Result<Int, Flaw>.failure(.damaged)
    let bytes = [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
      let room = UnsafeMutableBufferPointer(rebasing: buffer[..<(limit + 1)])
      result = fill(room)
      count = (try? result.get()) ?? 0
    }
    guard try result.get() <= limit else { throw .tooLong }
    return bytes
  }
}
