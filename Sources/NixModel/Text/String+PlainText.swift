extension String {
  /// The text without escape sequences, control characters, and marks that reverse the direction of writing,
  /// because these act on a terminal or mislead a reader. Lines stay lines.
  public var plainText: String {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A }) { return self }
    var scalars = String.UnicodeScalarView()
    let unescaped = replacing(#/\x{1B}\[[0-?]*[ -\/]*[@-~]/#, with: "")
    for scalar in unescaped.unicodeScalars where scalar.isPlain {
      scalars.append(scalar == "\t" ? " " : scalar)
    }
    return String(scalars)
  }
}

extension Unicode.Scalar {
  fileprivate var isPlain: Bool {
    switch value {
    case 0x09, 0x0A: true
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: false
    default: true
    }
  }
}
