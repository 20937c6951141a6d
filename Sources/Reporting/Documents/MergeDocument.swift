public import NixModel

/// `audit import --json`: how many runs of how many stores were added, completed, or known already, and how many
/// of those added are publications.
public struct MergeDocument: Document {
  private let schema = "warmth/import/v1"
  private let stores: Int
  private let imported: Int
  private let completed: Int
  private let known: Int
  private let publications: Int

  /// The document of the result of a merge; `stores` is the number of merged stores.
  public init(_ summary: MergeSummary, stores: Int) {
    self.stores = stores
    imported = summary.imported
    completed = summary.completed
    known = summary.known
    publications = summary.publications
  }
}
