/// Something that must hold of a reader, and did not.
public struct BrokenPromise: Error, CustomStringConvertible {
  /// What should have held.
  public let description: String
}

/// Holds a reader to `promise`.
func expect(_ condition: Bool, _ promise: @autoclosure () -> String) throws(BrokenPromise) {
  guard condition else { throw BrokenPromise(description: promise()) }
}
