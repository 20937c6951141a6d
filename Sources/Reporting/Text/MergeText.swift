public import NixModel

/// `audit import` on a terminal: a sentence.
public struct MergeText: Sendable {
  private let summary: MergeSummary
  private let stores: Int

  /// The text of the result of a merge; `stores` is the number of merged stores.
  public init(_ summary: MergeSummary, stores: Int) {
    self.summary = summary
    self.stores = stores
  }

  /// The text, ending with a newline.
  public func render() -> String {
    let parts = [
      "\(Words.count(summary.imported, "run")) imported\(Words.publications(summary.publications))",
      summary.completed > 0 ? "\(summary.completed) completed" : nil, "\(summary.known) known already",
    ].compactMap { $0 }
    let place = summary.publications > 0 ? "; warmth audit runs --publications lists publications" : ""
    return "\(parts.joined(separator: ", ")), from \(Words.count(stores, "store"))\(place)\n"
  }
}
