import Evidence
public import Foundation

extension EvidenceStore {
  /// Records the publication of a summary, exactly as an import of that summary does.
  ///
  /// - Throws: ``EvidenceError`` where the store cannot be written to, or the summary is none.
  public func record(summary: Data) throws(EvidenceError) {
    let parsed: PublicationSummary
    do { parsed = try PublicationSummary(parsing: summary) } catch {
      throw EvidenceError(path, .malformedSummary(key: error.key, error.words))
    }
    let copy = try Snapshot(of: parsed.publication, at: path)
    _ = try merge(EvidenceStore(path, copy.database, copy: copy) { _ in false })
  }
}
