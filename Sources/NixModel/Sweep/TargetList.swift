import Crypto

/// All the targets of a sweep, each once, in an order that all shards agree about.
public struct TargetList: Hashable, Sendable {
  /// The targets.
  public let targets: [Installable]

  /// How many targets a list has at most: its shards must be joined again in one place.
  public static let longest = 100_000

  /// The list, without repetitions.
  public init(_ targets: [Installable]) { self.targets = targets.unique }

  /// The SHA-256 of the list, as 64 hexadecimal digits: of a line for each target, as it is recorded, without
  /// credentials.
  public var digest: String { Self.digest(ofNames: targets.map { "\($0.redacted)" }) }

  /// The digest of the list with these targets, as they are recorded.
  static func digest(ofNames names: [String]) -> String {
    var hash = SHA256()
    for name in names { hash.update(data: Array("\(name)\n".utf8)) }
    return hash.finalize().base16
  }

  /// Every `count`th target from the `index`th on: neighbours in a list are alike, and so go to different shards.
  public func part(_ index: Int, of count: Int) -> [Installable] {
    stride(from: index, to: targets.count, by: count).map { targets[$0] }
  }

  /// The list that these parts were taken from, in the order of their indexes.
  ///
  /// - Returns: `nil` where they are not of the sizes that the parts of one list have.
  public init?(of parts: [[Installable]]) {
    guard let targets = Self.whole(of: parts) else { return nil }
    self.targets = targets
  }

  /// The whole that these parts were taken from, on the same condition.
  static func whole<Element>(of parts: [[Element]]) -> [Element]? {
    let count = parts.reduce(0) { $0 + $1.count }
    for (index, part) in parts.enumerated() {
      guard part.count == share(index, of: parts.count, targets: count) else { return nil }
    }
    return (0..<count).map { parts[$0 % parts.count][$0 / parts.count] }
  }

  /// The number of targets in a part of a list.
  static func share(_ index: Int, of count: Int, targets: Int) -> Int {
    (targets - index + count - 1) / count
  }
}
