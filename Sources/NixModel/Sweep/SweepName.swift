/// The name of a sweep: the one proof that all shards of a list of targets make together.
public struct SweepName: Hashable, Sendable {
  /// Small letters, digits and hyphens.
  public let text: String

  /// How many characters a name has at most.
  public static let longest = 63

  /// Parses a name as DNS has labels, so that a Kubernetes Job can bear the same one.
  ///
  /// - Throws: ``SweepNameError`` where it has other characters than small letters, digits and hyphens, begins or
  ///   ends with a hyphen, is empty, or has more than 63.
  public init(parsing text: some StringProtocol) throws(SweepNameError) {
    let hyphen = UInt8(ascii: "-")
    let bytes = Array(text.utf8)
    let isLabel =
      (1...Self.longest).contains(bytes.count) && bytes.first != hyphen && bytes.last != hyphen
      && bytes.allSatisfy {
        $0 == hyphen || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
    guard isLabel else { throw SweepNameError(text: text.excerpt) }
    self.text = String(text)
  }
}

extension SweepName: CustomStringConvertible {
  public var description: String { text }
}

/// Why a text is no name of a sweep.
public struct SweepNameError: Error, Hashable, Sendable {
  /// An excerpt of the text that could not be parsed.
  public let text: String
}

extension SweepNameError: CustomStringConvertible {
  public var description: String {
    "'\(text)' is no name for a sweep: it has up to \(SweepName.longest) small letters, digits and hyphens, and neither begins nor ends with a hyphen"
  }
}
