/// What a binary cache says of itself (`nix-cache-info`).
///
/// Source: Nix, `src/libstore/binary-cache-store.cc` (`init`).
public struct CacheInfo: Hashable, Sendable {
  /// The store that its paths are for; `nil` where it does not say.
  public let storeDirectory: String?
  /// Lower is asked first; 0 where it does not say, which is before cache.nixos.org's 40.
  public let priority: Int

  /// Parses `Name: value` lines; unknown ones are ignored. `nil` where nothing in it reads as one.
  public init?(parsing text: some StringProtocol) {
    var storeDirectory: String?
    var priority = 0
    var recognized = false
    for line in String(text).utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let value = Substring(line[colon...].dropFirst().drop { $0 == UInt8(ascii: " ") })
      switch Substring(line[..<colon]) {
      case "StoreDir": storeDirectory = String(value)
      case "Priority":
        guard let number = Int(value) else { return nil }
        priority = number
      case "WantMassQuery": break
      default: continue
      }
      recognized = true
    }
    // An empty nix-cache-info is one: every field has a default. A page of HTML is none.
    guard recognized || text.allSatisfy(\.isWhitespace) else { return nil }
    self.storeDirectory = storeDirectory
    self.priority = priority
  }
}
