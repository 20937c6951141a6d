import Decompressors
package import Foundation

/// Packs pieces into one zstd frame.
package final class Packer {
  private let stream: OpaquePointer
  private let sink: (Data) throws -> Void
  private var room = [UInt8](repeating: 0, count: 1 << 17)

  /// - Parameter sink: takes the next packed bytes.
  package init(_ sink: @escaping (Data) throws -> Void) throws {
    guard let stream = ZSTD_createCCtx() else { throw JSON.Flaw(words: "there is no memory to pack in") }
    self.stream = stream
    self.sink = sink
    ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, 12)
    // The window is large, because derivations repeat each other far apart.
    ZSTD_CCtx_setParameter(stream, ZSTD_c_windowLog, 23)
    ZSTD_CCtx_setParameter(stream, ZSTD_c_checksumFlag, 1)
  }

  deinit { ZSTD_freeCCtx(stream) }

  package func take(_ bytes: some Collection<UInt8>) throws { try pack(Array(bytes), ZSTD_e_continue) }

  package func end() throws { try pack([], ZSTD_e_end) }

  private func pack(_ bytes: [UInt8], _ directive: ZSTD_EndDirective) throws {
    var position = 0
    var isDone = false
    while !isDone {
      let (made, left, taken) = bytes.withUnsafeBytes { input in
        room.withUnsafeMutableBytes { output in
          var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: position)
          var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
          let left = ZSTD_compressStream2(stream, &target, &source, directive)
          return (target.pos, left, source.pos)
        }
      }
      guard ZSTD_isError(left) == 0 else { throw JSON.Flaw(words: "it cannot be packed") }
      position = taken
      if made > 0 { try sink(Data(room[..<made])) }
      isDone = directive == ZSTD_e_end ? left == 0 : position == bytes.count
    }
  }
}

/// Unpacks a stream that begins with ``Packing/magic``, and passes on any other.
package final class Unpacker {
  private let stream: OpaquePointer
  private let sink: (Data) throws -> Void
  private var room = [UInt8](repeating: 0, count: 1 << 17)
  private var head: [UInt8]? = []
  private var isPacked = false
  private var hasEnded = true

  package init(_ sink: @escaping (Data) throws -> Void) throws {
    guard let stream = ZSTD_createDCtx() else { throw JSON.Flaw(words: "there is no memory to unpack in") }
    self.stream = stream
    self.sink = sink
    // ``Packer`` makes no frame that needs more memory.
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 24)
  }

  deinit { ZSTD_freeDCtx(stream) }

  package func take(_ bytes: Data) throws {
    guard let begun = head else { return try pass(Array(bytes)) }
    let whole = begun + bytes
    guard whole.count >= Packing.magic.count else {
      head = whole
      return
    }
    head = nil
    isPacked = whole.starts(with: Packing.magic)
    try pass(whole)
  }

  /// Ends the stream.
  ///
  /// - Throws: ``JSON/Flaw`` where the frame has not ended.
  package func end() throws {
    if let rest = head { try sink(Data(rest)) }
    guard hasEnded else { throw JSON.Flaw(words: "what is packed ends before its end") }
  }

  private func pass(_ bytes: [UInt8]) throws {
    guard isPacked else { return try sink(Data(bytes)) }
    var position = 0
    var isFull = false
    while position < bytes.count || isFull {
      if hasEnded, position > 0, !isFull { throw JSON.Flaw(words: "something follows what is packed") }
      let (made, left, taken) = bytes.withUnsafeBytes { input in
        room.withUnsafeMutableBytes { output in
          var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: position)
          var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
          let left = ZSTD_decompressStream(stream, &target, &source)
          return (target.pos, left, source.pos)
        }
      }
      guard ZSTD_isError(left) == 0 else { throw JSON.Flaw(words: "it cannot be unpacked") }
      position = taken
      isFull = made == room.count && left > 0
      hasEnded = left == 0
      if made > 0 { try sink(Data(room[..<made])) }
    }
  }
}
