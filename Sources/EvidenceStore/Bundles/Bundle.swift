import Decompressors
import Foundation

/// A bundle: whole records in one file, to be carried to another store.
///
/// JSON, one canonical line each, packed as one zstd stream:
///
///     {"bundle":"warmth-bundle-1","schema":1}
///     {"offers":[{"path":"/nix/store/…","answers":[…]},…]}
///     {"proof":[{"id":"20260503T120000Z-4k7xbq",…}]}
///     {"record":"20260503T120000Z-4k7xbq","kind":"proof","entries":["<digest>",…]}
///     {"signature":"collector-1:…","record":"20260503T120000Z-4k7xbq"}
///     {"end":"warmth-bundle-1","records":1}
///
/// An entry is told once, before the first record that has it, and is named by the SHA-256 of its line, newline
/// included. A signature is over `warmth-run-1;<record>;sha256:<content>`, in which the content is the SHA-256 of the
/// record's line. A bundle that was unpacked is read as well.
enum Bundle {
  static let format = "warmth-bundle-1"
  /// How a bundle begins, which tells it from a database and from a log.
  private static let beginnings = [Array(#"{"bundle":"#.utf8), Stream.magic]

  static func begins(_ bytes: some Collection<UInt8>) -> Bool {
    beginnings.contains { bytes.starts(with: $0) }
  }

  static let longestBeginning = 10
}

/// Packs and unpacks what is carried, piece by piece.
enum Stream {
  /// What a zstd frame begins with.
  static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

  /// Packs pieces into one frame.
  final class Packer {
    private let stream: OpaquePointer
    private let sink: (Data) throws -> Void
    private var room = [UInt8](repeating: 0, count: 1 << 17)

    /// - Parameter sink: takes the next packed bytes.
    init(_ sink: @escaping (Data) throws -> Void) throws {
      guard let stream = ZSTD_createCCtx() else { throw JSON.Flaw(words: "there is no memory to pack in") }
      self.stream = stream
      self.sink = sink
      ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, 12)
      // What derivations say repeats far apart.
      ZSTD_CCtx_setParameter(stream, ZSTD_c_windowLog, 23)
      ZSTD_CCtx_setParameter(stream, ZSTD_c_checksumFlag, 1)
    }

    deinit { ZSTD_freeCCtx(stream) }

    func take(_ bytes: some Collection<UInt8>) throws { try pack(Array(bytes), ZSTD_e_continue) }

    func end() throws { try pack([], ZSTD_e_end) }

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

  /// Unpacks what begins with ``magic``, and passes on what does not.
  final class Unpacker {
    private let stream: OpaquePointer
    private let sink: (Data) throws -> Void
    private var room = [UInt8](repeating: 0, count: 1 << 17)
    private var head: [UInt8]? = []
    private var isPacked = false
    private var hasEnded = true

    init(_ sink: @escaping (Data) throws -> Void) throws {
      guard let stream = ZSTD_createDCtx() else { throw JSON.Flaw(words: "there is no memory to unpack in") }
      self.stream = stream
      self.sink = sink
      // A frame that needs more memory was not packed by us.
      ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 24)
    }

    deinit { ZSTD_freeDCtx(stream) }

    func take(_ bytes: Data) throws {
      guard let begun = head else { return try pass(Array(bytes)) }
      let whole = begun + bytes
      guard whole.count >= magic.count else {
        head = whole
        return
      }
      head = nil
      isPacked = whole.starts(with: magic)
      try pass(whole)
    }

    /// Says that there are no more bytes.
    ///
    /// - Throws: ``JSON/Flaw`` where the frame has not ended.
    func end() throws {
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
}
