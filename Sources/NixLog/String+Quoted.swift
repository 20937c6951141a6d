import NixModel

extension String {
  /// The text between the first single quotes after `marker`.
  func quoted(after marker: String) -> Substring? {
    guard let start = firstRange(ofBytes: marker + "'")?.upperBound else { return nil }
    let rest = utf8[start...]
    guard let end = rest.firstIndex(of: UInt8(ascii: "'")) else { return nil }
    return Substring(rest[..<end])
  }
}
