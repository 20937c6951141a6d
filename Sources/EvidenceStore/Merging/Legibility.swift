import Evidence
import GRDB
import NixModel

/// Reads each imported record once with the readers that lists use, because one record that cannot be read
/// would break every list that contains it.
///
/// The values are written again and compared, because another spelling of a line would be another entry.
final class Legibility {
  private let library: Library
  /// The store that errors name.
  private let path: String
  private var known: Set<Int64> = []

  init(_ library: Library, path: String) {
    self.library = library
    self.path = path
  }

  /// - Parameter parts: all references of the record `seq`, in their order.
  /// - Throws: ``EvidenceError/Flaw/contradiction(run:_:)`` where the record cannot be read.
  func require(_ seq: Int64, _ kind: RecordKind, _ parts: [Library.Part]) throws {
    let fresh = parts.filter { !known.contains($0.entry) }
    guard !fresh.isEmpty else { return }
    do {
      try kind.require(parts.map(\.kind))
      let kinds = Set(fresh.map(\.kind))
      let needed = kind == .proof ? kinds.union([.events]) : Set(EntryKind.allCases)
      var contents = Contents()
      try library.add(parts.filter { needed.contains($0.kind) }, to: &contents)
      for said in kinds {
        let ours = try contents.rewritten(said).map(\.digest)
        let theirs = try parts.filter { $0.kind == said }.map { try library.entry($0.entry).digest }
        guard ours == theirs else {
          throw JSON.Flaw(words: "its '\(said.rawValue)' is not written as it is by warmth")
        }
      }
    } catch let error as DatabaseError { throw error } catch {
      let id = try library.id(of: seq)
      throw EvidenceError(path, .contradiction(run: id?.text ?? "\(seq)", JSON.words(of: error)))
    }
    known.formUnion(fresh.map(\.entry))
  }
}
