package import NixModel

/// A record as one canonical line, which names its entries by their digests. The SHA-256 of this line is the
/// record's content. Links of the chain have it, and signatures are over it.
package struct RecordLine: Sendable {
  package let id: RunID
  package let kind: RecordKind
  package let entries: [EvidenceDigest]

  package init(id: RunID, kind: RecordKind, entries: [EvidenceDigest]) {
    self.id = id
    self.kind = kind
    self.entries = entries
  }

  package var bytes: [UInt8] {
    let line = JSON.object([
      ("record", .text(id.text)), ("kind", .text(kind.rawValue)),
      ("entries", .list(entries.map { .text($0.description) })),
    ])
    return line.bytes + [UInt8(ascii: "\n")]
  }

  package var content: EvidenceDigest { EvidenceDigest(of: bytes) }
}
