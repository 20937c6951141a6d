import Foundation
import Machine
import NixModel

/// The file of a secret key: one line, which only its owner may read. Errors never quote it.
enum SigningKeyFile {
  /// Writes a new file.
  static func write(_ key: SigningKey, to path: String) throws(Failure) {
    do {
      try OutputFile(path).create(0o600) { try $0.write(Data("\(key.secretText)\n".utf8)) }
    } catch OutputFile.Flaw.system(let error) where error.code == EEXIST {
      throw Failure(
        .usage, "'\(path)' is there already and was left as it is: a key that is lost cannot be made again")
    } catch {
      throw Failure(.usage, "the key's file '\(path)' cannot be made: \(error)")
    }
  }

  /// Reads a file that only its owner can read, because others who can read a key can sign with it.
  static func readOfOwner(_ path: String) throws(Failure) -> SigningKey { try read(path, isOfOwner: true) }

  /// Reads a file.
  static func read(_ path: String) throws(Failure) -> SigningKey { try read(path, isOfOwner: false) }

  private static func read(_ path: String, isOfOwner: Bool) throws(Failure) -> SigningKey {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Failure(.usage, "the key's file '\(path)' cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { try? file.close() }
    var facts = stat()
    if isOfOwner, fstat(file.fileDescriptor, &facts) == 0, facts.st_mode & 0o077 != 0 {
      let mode = String(facts.st_mode & 0o777, radix: 8)
      throw Failure(
        .usage,
        """
        the key's file '\(path)' is open to others than its owner (mode \(mode)), so that anybody could sign with \
        it: chmod 600 it, or in a Kubernetes Secret give it defaultMode: 0400
        """)
    }
    // A key has about a hundred bytes. A file that is much longer is no key, and is not read to its end.
    guard let bytes = try? file.read(upToCount: 4096) else {
      throw Failure(.usage, "the key's file '\(path)' cannot be read; name a file of warmth key generate")
    }
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    do { return try SigningKey(parsing: text) } catch {
      throw Failure(
        .usage, "there is no secret key in '\(path)': \(error.flaw.words); warmth key generate makes one")
    }
  }
}
