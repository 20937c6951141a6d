import Foundation
import NixModel

/// One link of a store's chain: what was added by one transaction about one record, sealed together with the link
/// before it.
package struct Link {
  package let seq: Int64
  package let kind: Kind
  /// The record's number in this store.
  package var record: Int64?
  /// The digest of everything that was recorded of it by then (``RecordLine``).
  package var content: EvidenceDigest?
  /// A signature over the record as it was then.
  package var signature: String?
  /// The last of the links that were cut off, whose digest `content` is then.
  package var cut: Int64?
  /// How many records were dropped.
  package var dropped: Int64?
  /// When, in milliseconds since 1970.
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

  /// What a link is about.
  package enum Kind: String {
    /// A run began.
    case begun
    /// Witnesses were heard.
    case testimony
    /// A record came to its end.
    case concluded
    /// A record came from another store, with its end.
    case imported
    /// What another store knew of a run by then came, without its end.
    case fragment
    /// Nothing but a signature came from another store.
    case signed
    /// A record was dropped because of its age.
    case dropped
    /// Links before were cut off.
    case checkpoint

    /// Whether nothing can be added to the record any more.
    package var isFinal: Bool {
      switch self {
      case .concluded, .imported: true
      case .begun, .testimony, .fragment, .signed, .dropped, .checkpoint: false
      }
    }
  }

  /// The line that is sealed.
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
