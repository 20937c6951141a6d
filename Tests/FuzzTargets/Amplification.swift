extension [UInt8] {
  /// The input with a piece of it repeated until it has about `size` bytes. What takes time or memory out of
  /// proportion shows itself by then. The input's last bytes choose the piece.
  public func amplified(to size: Int) -> [UInt8] {
    guard count > 2, count < size else { return self }
    let start = (Int(self[count - 1]) << 8 | Int(self[count - 2])) % (count - 1)
    let length = Swift.min(1 + Int(self[count - 2]) % 64, count - start)
    let piece = self[start..<start + length]
    var amplified = Array(self[..<start])
    amplified.reserveCapacity(size + count)
    while amplified.count + count - start < size { amplified += piece }
    return amplified + self[start...]
  }
}
