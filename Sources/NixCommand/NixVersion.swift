/// A version of Nix, as far as its behaviour depends on it.
public struct NixVersion: Hashable, Sendable, Comparable {
  /// `2.34.8`, as Nix prints it.
  public let text: String
  private let numbers: [Int]

  /// The oldest that a proof supports: the one of Debian 12. Older ones know no `^` for outputs, and their logs were not
  /// compared with their behaviour.
  public static let oldestSupported = NixVersion(text: "2.8", numbers: [2, 8])

  private init(text: String, numbers: [Int]) {
    self.text = text
    self.numbers = numbers
  }

  /// Parses the output of `nix --version`: `nix (Nix) 2.34.8`, also with a vendor's name in brackets
  /// (`nix (Determinate Nix 3.0) 2.29.0`).
  public init?(parsing output: String) {
    guard let line = output.split(whereSeparator: \.isNewline).first,
      let last = line.split(separator: " ").last
    else { return nil }
    let numbers = last.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
    guard numbers.count >= 2 else { return nil }
    self.init(text: String(last), numbers: numbers)
  }

  /// A version to compare with.
  public init(_ major: Int, _ minor: Int) { self.init(text: "\(major).\(minor)", numbers: [major, minor]) }

  public static func < (left: NixVersion, right: NixVersion) -> Bool {
    left.numbers.lexicographicallyPrecedes(right.numbers)
  }
}

extension NixVersion: CustomStringConvertible {
  public var description: String { text }
}
