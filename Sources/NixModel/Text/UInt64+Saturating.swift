extension UInt64 {
  /// Adds, and stays at the largest number where the sum would be larger: sizes are what a cache says they are.
  mutating func add(saturating other: UInt64) {
    let (sum, isTooLarge) = addingReportingOverflow(other)
    self = isTooLarge ? .max : sum
  }
}
