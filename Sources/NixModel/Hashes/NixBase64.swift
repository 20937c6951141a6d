/// Base 64 as Nix reads it: it ends at the first `=` or at the end of the text, and the rest is ignored; line
/// breaks are skipped, and bits that are left over are dropped. Padding is not asked for.
///
/// Source: Nix, `src/libutil/util.cc` and later `base-n.cc` (`base64Decode`).
enum NixBase64 {
  /// The bytes, or `nil` where a digit is foreign.
  static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var (bits, count) = (UInt32(0), 0)
    for byte in text where byte != UInt8(ascii: "\n") {
      if byte == UInt8(ascii: "=") { break }
      guard let digit = value(of: byte) else { return nil }
      bits = bits << 6 | UInt32(digit)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }

  private static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
