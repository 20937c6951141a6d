/// A binary cache's description of itself (`nix-cache-info`).
///
/// Source: Nix, `src/libstore/binary-cache-store.cc` (`init`).
public struct CacheInfo: Hashable, Sendable {
  /// The store that its paths are for; `nil` where it does not say.
  public let storeDirectory: String?
  /// Lower is asked first; 0 where it does not say, which is before cache.nixos.org's 40.
  public let priority: Int

  /// Parses `Name: value` lines as Nix does, blanks around a value taken off; unknown ones are ignored. `nil` where
  /// nothing in it reads as one, or where the priority begins with no number, over which Nix ends.
  public init?(parsing text: some StringProtocol) {
    var storeDirectory: String?
    var priority = 0
    var recognized = false
    for line in String(text).utf8.split(separator: UInt8(ascii: "\n")) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let value = Self.trimmed(line[colon...].dropFirst())
      switch Substring(line[..<colon]) {
      case "StoreDir": storeDirectory = String(value)
      case "Priority":
        guard let number = Self.number(value) else { return nil }
        priority = number
      case "WantMassQuery": break
      default: continue
      }
      recognized = true
    }
    // An empty nix-cache-info is valid, because every field has a default. A page of HTML is not.
    guard recognized || text.allSatisfy(\.isWhitespace) else { return nil }
    self.storeDirectory = storeDirectory
    self.priority = priority
  }

  /// Without the blanks that Nix's `trim` takes off both ends.
  private static func trimmed(_ text: Substring.UTF8View) -> Substring {
    let blanks = ByteSet(" \t\r\n")
    var rest = text.drop { blanks.contains($0) }
    while let last = rest.last, blanks.contains(last) { rest.removeLast() }
    return Substring(rest)
  }

  /// The number that `text` begins with, as C's `stoi` reads it: `30.5` is 30.
  private static func number(_ text: Substring) -> Int? {
    var digits = text.utf8[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    digits = digits.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return Int32("\(isNegative ? "-" : "")\(Substring(digits))").map { Int($0) }
  }
}
