import Evidence
import Foundation

/// A bundle: whole records in one file, for another store.
///
/// JSON, one canonical line each, packed as one zstd stream:
///
///     {"bundle":"warmth-bundle-1","schema":1}
///     {"offers":[{"path":"/nix/store/…","answers":[…]},…]}
///     {"proof":[{"id":"20260503T120000Z-4k7xbq",…}]}
///     {"record":"20260503T120000Z-4k7xbq","kind":"proof","entries":["<digest>",…]}
///     {"signature":"collector-1:…","record":"20260503T120000Z-4k7xbq"}
///     {"end":"warmth-bundle-1","records":1}
///
/// An entry stands once, before the first record that has it, and is named by the SHA-256 of its line,
/// newline included. A signature is over `warmth-run-1;<record>;sha256:<content>`, in which the content is
/// the SHA-256 of the record's line. A bundle that was unpacked is read as well.
enum Bundle {
  static let format = "warmth-bundle-1"
  /// The beginnings of a bundle, packed or not. No database and no log begins like this.
  private static let beginnings = [Array(#"{"bundle":"#.utf8), Packing.magic]

  static func begins(_ bytes: some Collection<UInt8>) -> Bool {
    beginnings.contains { bytes.starts(with: $0) }
  }

  static let longestBeginning = beginnings.map(\.count).max() ?? 0
}
