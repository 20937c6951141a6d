import Evidence
import Foundation

extension PublicationSummary {
  /// Reads the file at `path`.
  ///
  /// - Throws: ``EvidenceError`` where the file cannot be read or is no summary.
  init(reading path: String) throws(EvidenceError) {
    let data: Data
    // One byte more is read, to notice a file that is too large.
    do { data = try Self.beginning(of: path, Self.maximumSize + 1) } catch {
      throw EvidenceError(path, error)
    }
    do { try self.init(parsing: data) } catch {
      throw EvidenceError(path, .malformedSummary(key: error.key, error.words))
    }
  }

  /// Whether a file that is no bundle begins as a JSON document does.
  static func isDocument(at path: String) -> Bool {
    // A file that cannot be read is reported when it is opened next.
    (try? beginning(of: path, 256)).map { isDocument($0) } ?? false
  }

  /// Whether a file names the schema of a summary.
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
