import Foundation
import NixModel

/// One canonical line: items of one kind. A store keeps each line once, by its digest, and records share it.
package struct Entry: Sendable {
  package let kind: EntryKind
  package let items: [JSON]
  /// The line, with its newline.
  package let line: [UInt8]
  /// The line's SHA-256.
  package let digest: EvidenceDigest

  /// - Parameter texts: the items' bytes.
  private init(_ kind: EntryKind, _ items: ArraySlice<JSON>, _ texts: ArraySlice<[UInt8]>) {
    self.kind = kind
    self.items = Array(items)
    var line = Array("{\"\(kind.rawValue)\":[".utf8)
    line.reserveCapacity(texts.reduce(32) { $0 + $1.count + 1 })
    for (number, text) in texts.enumerated() {
      if number > 0 { line.append(UInt8(ascii: ",")) }
      line += text
    }
    line += "]}\n".utf8
    self.line = line
    digest = EvidenceDigest(of: line)
  }

  /// Reads a line.
  ///
  /// - Throws: ``JSON/Flaw`` where the line is no entry.
  package init(line: [UInt8]) throws(JSON.Flaw) {
    try self.init(line: line, digest: EvidenceDigest(of: line))
  }

  /// Reads a line whose digest is known.
  package init(line: [UInt8], digest: EvidenceDigest) throws(JSON.Flaw) {
    guard line.last == UInt8(ascii: "\n") else { throw JSON.Flaw(words: "it is no entry") }
    try self.init(JSON(parsing: line.dropLast()), line: line, digest: digest)
  }

  /// Reads a line that was parsed already.
  package init(_ json: JSON, line: [UInt8], digest: EvidenceDigest) throws(JSON.Flaw) {
    guard case .object(let members) = json, members.count == 1, let member = members.first,
      case .list(let items) = member.value
    else { throw JSON.Flaw(words: "it is no entry") }
    guard let kind = EntryKind(rawValue: member.name) else {
      throw JSON.Flaw(words: "'\(member.name.excerpt)' is no kind of entry")
    }
    self.kind = kind
    self.items = items
    self.line = line
    self.digest = digest
  }

  /// Whether ``digest`` is the SHA-256 of the line.
  package var isItself: Bool { EvidenceDigest(of: line) == digest }

  /// The entries with these items, without known secrets: one line, or several where the kind is cut into
  /// lines.
  package static func entries(_ kind: EntryKind, _ items: [JSON]) -> [Entry] {
    var items = Redaction.known == nil ? items : items.map(\.withoutKnownSecrets)
    let texts = items.map(\.bytes)
    // A NUL is written as U+FFFD, whose first byte this is. The items are parsed again, so that they equal
    // their line.
    if texts.contains(where: { $0.contains(0xEF) }) {
      items = zip(items, texts).map { item, text in (try? JSON(parsing: text)) ?? item }
    }
    guard let size = kind.itemsPerLine, items.count > 1 else { return [Entry(kind, items[...], texts[...])] }
    var entries: [Entry] = []
    var start = 0
    for (index, text) in texts.enumerated()
    where index + 1 == items.count || isLast(text, ofAbout: size) || UInt64(index - start) >= 4 * size {
      entries.append(Entry(kind, items[start...index], texts[start...index]))
      start = index + 1
    }
    return entries
  }

  /// Whether a line ends after this item, as it does after one item in `count` on average.
  private static func isLast(_ text: [UInt8], ofAbout count: UInt64) -> Bool {
    // FNV-1a of the item's beginning, because the path stands there.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.prefix(128) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return (hash >> 20) % count == 0
  }
}
