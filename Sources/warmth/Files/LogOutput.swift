import Decompressors
import Foundation
import Machine
import NixCommand
import NixModel
import Synchronization

/// The file that Nix's whole log is kept in (`--log-file`), compressed where its name ends in `.gz`.
///
/// It grows while Nix runs, so that somebody can look on. A run that is killed leaves what there is of it.
final class LogOutput: Sendable {
  let path: String
  private let file: Mutex<FileHandle>
  private let packing: Mutex<Gzip?>

  /// Empties the file, or makes it.
  ///
  /// - Throws: ``Failure`` where it cannot be written.
  init(_ path: String) throws(Failure) {
    self.path = path
    guard !path.isEmpty, path != "-" else {
      throw Failure(.usage, "--log-file needs the name of a file; standard output has the result")
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0o600)
    guard descriptor >= 0 else {
      throw Failure(.usage, "--log-file '\(path)' cannot be written: \(String(cString: strerror(errno)))")
    }
    file = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    packing = Mutex(path.hasSuffix(".gz") ? Gzip() : nil)
  }

  /// The keeper that writes into it.
  func keeper() -> LogKeeper {
    LogKeeper { bytes in
      let packed = self.packing.withLock { $0?.pack(bytes, isLast: false) ?? bytes }
      try self.file.withLock { try $0.write(contentsOf: packed) }
    }
  }

  /// Ends the file, and says what became of it.
  ///
  /// - Returns: whether all of the log is there.
  func end(_ keeper: LogKeeper) -> Bool {
    do {
      if let rest = packing.withLock({ $0?.pack(Data(), isLast: true) }) {
        try file.withLock { try $0.write(contentsOf: rest) }
      }
      try file.withLock { try $0.close() }
    } catch {
      Console.say("warmth: --log-file '\(path)' could not be written: \(error)")
      return false
    }
    if let flaw = keeper.flaw {
      Console.say("warmth: --log-file '\(path)' could not be written: \(flaw)")
      return false
    }
    return true
  }
}

/// A stream in gzip's format.
private final class Gzip: @unchecked Sendable {
  // Used under its owner's lock only. zlib keeps the stream's address, so the stream must not move.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

  init() {
    stream.initialize(to: z_stream())
    // 16 more than the largest window means gzip's header and trailer.
    deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  func pack(_ bytes: Data, isLast: Bool) -> Data {
    var input = [UInt8](bytes)
    var packed = Data()
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    input.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(input.count)
      var isFull = true
      while isFull {
        piece.withUnsafeMutableBufferPointer { piece in
          stream.pointee.next_out = piece.baseAddress
          stream.pointee.avail_out = UInt32(piece.count)
          deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
        }
        let count = piece.count - Int(stream.pointee.avail_out)
        packed.append(contentsOf: piece[..<count])
        isFull = stream.pointee.avail_out == 0
      }
    }
    return packed
  }
}
