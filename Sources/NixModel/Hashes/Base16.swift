extension Sequence<UInt8> {
  /// The bytes as small hexadecimal digits, two for each.
  public var base16: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xf)]] }, as: UTF8.self)
  }
}
