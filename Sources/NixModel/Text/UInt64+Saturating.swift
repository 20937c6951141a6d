extension UInt64 {
  /// Adds, and stays at the largest number where the sum would be larger, because a cache may state any size.
  public mutating func add(saturating other: UInt64) {
    let (sum, isTooLarge) = addingReportingOverflow(other)
    self = isTooLarge ? .max : sum
  }

  /// The whole part of a number, or the nearest that there is.
  public init(saturating number: Double) {
    self = number >= 0x1p64 ? .max : number > 0 ? UInt64(number) : 0
  }
}
