/// What an entry says of a record, in the order in which a record has its entries.
///
/// The name begins the entry's line: `{"offers":[…]}`.
enum EntryKind: String, CaseIterable, Sendable {
  case proof, publication, asked, published, occasion, shard, environment, baseline, targets, presence,
    caches,
    offers, events, log, derivations, registrations, outcomes, verdicts, conclusion, paths, faults

  /// Its number in the file (`record_entry.kind`), by which entries are ordered.
  var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }

  init?(number: Int) {
    guard Self.allCases.indices.contains(number - 1) else { return nil }
    self = Self.allCases[number - 1]
  }

  /// Which records have such entries.
  var isOfProofs: Bool {
    switch self {
    case .publication, .published, .paths, .faults: false
    default: true
    }
  }

  var isOfPublications: Bool { !isOfProofs || self == .occasion || self == .shard }

  /// Of how many items a line has one that it ends with, on average; `nil` where all items are in one line.
  ///
  /// What many runs say of many paths is cut into lines at places that only depend on what is said there, so that two
  /// runs that differ in few paths share most of their lines.
  var itemsPerLine: UInt64? {
    switch self {
    case .derivations: 1024
    case .presence, .offers, .registrations, .outcomes, .events, .paths: 256
    default: nil
    }
  }
}

/// What kinds of records there are.
enum RecordKind: String, CaseIterable, Sendable {
  case proof, publication

  func allows(_ kind: EntryKind) -> Bool {
    switch self {
    case .proof: kind.isOfProofs
    case .publication: kind.isOfPublications
    }
  }

  /// The entry that every record of the kind has, and has first.
  var beginning: EntryKind {
    switch self {
    case .proof: .proof
    case .publication: .publication
    }
  }

  /// The entry after which nothing is added to a record: a publication is recorded as a whole.
  var end: EntryKind {
    switch self {
    case .proof: .conclusion
    case .publication: .publication
    }
  }
}
