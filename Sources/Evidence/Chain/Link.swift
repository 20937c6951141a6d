import Foundation
import NixModel

/// One link of a store's chain. It seals the additions of one transaction to one record, together with the
/// link before it.
package struct Link {
  package let seq: Int64
  package let kind: Kind
  /// The record's number in this store.
  package var record: Int64?
  /// The record's content after the transaction (``RecordLine/content``).
  package var content: EvidenceDigest?
  /// A signature over the record's content at that time.
  package var signature: String?
  /// In a checkpoint, the last of the links that were cut off; `content` is then the digest of that link.
  package var cut: Int64?
  /// In a checkpoint, the number of records that all prunings have dropped.
  package var dropped: Int64?
  /// The time of the transaction, in milliseconds since 1970.
  package let at: Int64
  package var previous: EvidenceDigest

  package init(
    seq: Int64, kind: Kind, record: Int64? = nil, content: EvidenceDigest? = nil, signature: String? = nil,
    cut: Int64? = nil, dropped: Int64? = nil, at: Int64, previous: EvidenceDigest
  ) {
    self.seq = seq
    self.kind = kind
    self.record = record
    self.content = content
    self.signature = signature
    self.cut = cut
    self.dropped = dropped
    self.at = at
    self.previous = previous
  }

  /// The kinds of links.
  package enum Kind: String {
    /// A run began.
    case begun
    /// Witnesses were heard.
    case testimony
    /// A record came to its end.
    case concluded
    /// A record came from another store, with its end.
    case imported
    /// A part of a record, without its end, came from another store.
    case fragment
    /// A signature alone came from another store.
    case signed
    /// A record was dropped because of its age.
    case dropped
    /// Earlier links were cut off.
    case checkpoint

    /// Whether nothing can be added to the record any more.
    package var isFinal: Bool {
      switch self {
      case .concluded, .imported: true
      case .begun, .testimony, .fragment, .signed, .dropped, .checkpoint: false
      }
    }
  }

  /// The canonical line whose SHA-256 is the link's digest.
  package var line: [UInt8] {
    let line = JSON.item { item in
      item.add("link", kind.rawValue)
      item.add("seq", seq)
      item.add("record", record)
      item.add("content", content?.description)
      item.add("signature", signature)
      item.add("cut", cut)
      item.add("dropped", dropped)
      item.add("at", at)
      item.add("previous", previous.description)
    }
    return line.bytes + [UInt8(ascii: "\n")]
  }

  package var digest: EvidenceDigest { EvidenceDigest(of: line) }
}
