import PolicyYAML

/// Reads a policy; an error in it is wrong usage.
func readingPolicy<Value>(_ read: () throws(PolicyFileError) -> Value) throws(Failure) -> Value {
  do { return try read() } catch { throw Failure(.usage, error.message) }
}
