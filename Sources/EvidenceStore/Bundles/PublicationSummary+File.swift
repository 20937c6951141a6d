import Evidence
import Foundation

extension PublicationSummary {
  /// Reads the file at `path`.
  ///
  /// - Throws: ``EvidenceError``.
  init(reading path: String) throws(EvidenceError) {
    let data: Data
    // One more byte tells that there is too much.
    do { data = try Self.beginning(of: path, Self.maximumSize + 1) } catch {
      throw EvidenceError(path, error)
    }
    do { try self.init(parsing: data) } catch {
      throw EvidenceError(path, .malformedSummary(key: error.key, error.words))
    }
  }

  /// Whether a file that is no bundle begins as a JSON document does.
  static func isDocument(at path: String) -> Bool {
    // Whoever opens it next tells about a file that cannot be read.
    (try? beginning(of: path, 256)).map { isDocument($0) } ?? false
  }

  /// Whether a file says that it is a summary.
  static func isOne(at path: String) -> Bool {
    isDocument(at: path) && (try? beginning(of: path, maximumSize + 1)).map { isOne($0) } ?? false
  }

  private static func beginning(of path: String, _ count: Int) throws -> Data {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw EvidenceError(path, .unreadable(String(cString: strerror(errno))))
    }
    defer { try? file.close() }
    return try file.read(upToCount: count) ?? Data()
  }
}
