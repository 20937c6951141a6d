import Decompressors

/// Packs the lines of entries for a file, and unpacks them. One value is for one thread, because it uses the memory of
/// zstd again: to get that anew takes longer than a short line.
package final class Packing {
  private lazy var packing = ZSTD_createCCtx()
  private lazy var unpacking = ZSTD_createDCtx()

  package init() {}

  deinit {
    ZSTD_freeCCtx(packing)
    ZSTD_freeDCtx(unpacking)
  }

  /// The first bytes of a zstd frame. No line begins with them.
  package static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
  /// The longest line in bytes. This program writes none that is longer.
  package static let longestLine = 64 << 20

  /// A line, packed where that makes it shorter.
  package func pack(_ line: [UInt8]) -> [UInt8] {
    guard line.count > 64, let packing else { return line }
    var packed = [UInt8](repeating: 0, count: ZSTD_compressBound(line.count))
    let level: Int32 = line.count > 4096 ? 9 : 6
    let size = ZSTD_compressCCtx(packing, &packed, packed.count, line, line.count, level)
    guard ZSTD_isError(size) == 0, size < line.count else { return line }
    return Array(packed[..<size])
  }

  /// The line, unpacked where it is packed.
  ///
  /// - Throws: ``JSON/Flaw`` where the frame is damaged or too large.
  package func unpack(_ bytes: [UInt8]) throws(JSON.Flaw) -> [UInt8] {
    guard bytes.starts(with: Self.magic) else { return bytes }
    let size = ZSTD_getFrameContentSize(bytes, bytes.count)
    guard size <= UInt64(Self.longestLine) else {
      throw JSON.Flaw(words: "it is packed in a way of somebody else")
    }
    guard let unpacking else { throw JSON.Flaw(words: "there is no memory to unpack in") }
    var line = [UInt8](repeating: 0, count: Int(size))
    let unpacked = ZSTD_decompressDCtx(unpacking, &line, line.count, bytes, bytes.count)
    guard ZSTD_isError(unpacked) == 0, unpacked == line.count else {
      throw JSON.Flaw(words: "it cannot be unpacked")
    }
    return line
  }
}
