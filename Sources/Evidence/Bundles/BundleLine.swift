package import Foundation
package import NixModel

/// One line of a bundle that is handed out through a log:
///
///     @warmth-bundle 20260503T120000Z-4k7xbq 2/17 eyJyb3ci… 3b1f…
///
/// The fields are the run, the part's number and the number of parts, the part's bytes in base 64, and the
/// SHA-256 of the whole bundle. A line without the whole digest was cut off.
package struct BundleLine {
  package let run: RunID
  /// From 1 to ``parts``.
  package let part: Int
  package let parts: Int
  /// The part in base 64; `nil` where the line is cut off.
  package let content: Range<Int>?
  /// The digest of the whole bundle, as this line states it; empty where the line is cut off.
  package let digest: String

  /// The bytes of a bundle in one line, before base 64. Some log collectors cut lines at 8 KiB.
  package static let partSize = 5760
  /// The longest line in bytes, with the prefix that a log collector put in front of it.
  package static let longest = 32 << 10
  /// The most parts of a bundle. They hold 6 GB, more than any log that is kept.
  static let mostParts = 1 << 20

  package static let marker = Array("@warmth-bundle ".utf8)

  /// A line's text, without its end.
  package static func text(
    _ bytes: some DataProtocol, _ part: Int, of parts: Int, of run: RunID, _ digest: EvidenceDigest
  ) -> String { "@warmth-bundle \(run) \(part)/\(parts) \(Data(bytes).base64EncodedString()) \(digest)" }

  /// Reads a line. A prefix that ends with a space, such as a timestamp or a pod's name, may stand before the
  /// mark.
  ///
  /// - Returns: `nil` for a line that is no part of a bundle.
  package init?(_ line: UnsafeRawBufferPointer) {
    let space = UInt8(ascii: " ")
    guard let mark = Self.place(ofMarkIn: line), mark == 0 || line[mark - 1] == space else { return nil }
    var fields: [Range<Int>] = []
    var start = mark + Self.marker.count
    while fields.count < 4, start <= line.count {
      let end = line[start...].firstIndex { $0 == space || $0 == UInt8(ascii: "\r") } ?? line.count
      fields.append(start..<end)
      start = end + 1
    }
    func text(_ field: Range<Int>) -> String { String(decoding: line[field], as: UTF8.self) }
    // A line whose name cannot be a run's comes from a text about such lines.
    guard fields.count >= 2, let run = RunID(canonical: text(fields[0])) else { return nil }
    let numbers = text(fields[1]).split(separator: "/").map { Int($0) }
    guard numbers.count == 2, let part = numbers[0], let parts = numbers[1], part >= 1, part <= parts,
      parts <= Self.mostParts
    else { return nil }
    self.run = run
    self.part = part
    self.parts = parts
    let digits = fields.count == 4 ? line[fields[3]] : line[0..<0]
    let isWhole = digits.count == 64 && digits.allSatisfy(Self.isHexDigit)
    content = isWhole ? fields[2] : nil
    digest = isWhole ? text(fields[3]) : ""
  }

  /// Where the first mark in `line` begins.
  package static func place(ofMarkIn line: UnsafeRawBufferPointer) -> Int? {
    guard let start = line.baseAddress else { return nil }
    var place = 0
    while place + marker.count <= line.count,
      let sign = memchr(start + place, Int32(marker[0]), line.count - place - marker.count + 1)
    {
      place = UnsafeRawPointer(sign) - start
      if memcmp(sign, marker, marker.count) == 0 { return place }
      place += 1
    }
    return nil
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
