extension Array where Element: Sendable {
  /// The results of `transform` in the order of the elements.
  ///
  /// - Parameter limit: how many calls of `transform` run at once at most.
  public func concurrentlyMapped<Result: Sendable>(
    atOnce limit: Int, _ transform: @escaping @Sendable (Element) async -> Result
  ) async -> [Result] {
    await withTaskGroup(of: (Int, Result).self) { group in
      var results: [(Int, Result)] = []
      for (index, element) in enumerated() {
        if index >= limit, let done = await group.next() { results.append(done) }
        group.addTask { (index, await transform(element)) }
      }
      for await done in group { results.append(done) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}
