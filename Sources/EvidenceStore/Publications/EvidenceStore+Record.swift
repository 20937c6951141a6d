public import Foundation
import NixModel

extension EvidenceStore {
  /// Records the publication that a summary tells of, as an import of it does.
  ///
  /// - Throws: ``EvidenceError``.
  public func record(summary: Data) throws(EvidenceError) {
    let publication: Publication
    do { publication = try PublicationSummary(parsing: summary).publication } catch {
      throw EvidenceError(path, .malformedSummary(key: error.key, error.words))
    }
    let copy = try Snapshot(of: publication, at: path)
    _ = try merge(EvidenceStore(path, copy.database, copy: copy) { _ in false })
  }
}
