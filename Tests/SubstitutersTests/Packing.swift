import Decompressors
import Foundation

/// Packs as object stores' files are packed.
enum Packing {
  static func gzip(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, window: 15 + 16) }
  static func deflate(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, window: 15) }
  static func bareDeflate(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, window: -15) }

  private static func deflated(_ bytes: [UInt8], window: Int32) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + 1000)
    let room = output.count
    input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(room)
        _ = Decompressors.deflate(&stream, Z_FINISH)
      }
    }
    return Array(output.prefix(room - Int(stream.avail_out)))
  }

  static func zstd(_ bytes: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: bytes.count + 1000)
    let count = ZSTD_compress(&output, output.count, bytes, bytes.count, 3)
    return Array(output.prefix(count))
  }

  static func xz(_ bytes: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: bytes.count + 1000)
    var count = 0
    let room = output.count
    _ = lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, nil, bytes, bytes.count, &output, &count, room)
    return Array(output.prefix(count))
  }

  static func bzip2(_ bytes: [UInt8]) -> [UInt8] {
    var input = bytes.map { CChar(bitPattern: $0) }
    var output = [CChar](repeating: 0, count: bytes.count + 1000)
    var count = UInt32(output.count)
    _ = BZ2_bzBuffToBuffCompress(&output, &count, &input, UInt32(input.count), 9, 0, 0)
    return output.prefix(Int(count)).map { UInt8(bitPattern: $0) }
  }

  /// Without any compression, which the format has as well (RFC 7932, 9.2), so that no encoder is needed.
  static func brotli(_ bytes: [UInt8]) -> [UInt8] {
    precondition((1...1 << 16).contains(bytes.count))
    let head = (bytes.count - 1) << 4 | 1 << 20
    return [UInt8(head & 0xFF), UInt8(head >> 8 & 0xFF), UInt8(head >> 16)] + bytes + [0x03]
  }
}
