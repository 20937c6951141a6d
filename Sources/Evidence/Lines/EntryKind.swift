/// The kinds of entries, in the order in which a record has them.
///
/// The name begins the entry's line: `{"offers":[…]}`.
package enum EntryKind: String, CaseIterable, Sendable {
  case proof, publication, asked, published, occasion, shard, environment, baseline, targets, presence,
    caches,
    offers, events, log, derivations, registrations, outcomes, verdicts, conclusion, paths, faults,
    build, steps, closed

  /// Its number in the file (`record_entry.kind`), by which entries are ordered.
  package var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }

  package init?(number: Int) {
    guard Self.allCases.indices.contains(number - 1) else { return nil }
    self = Self.allCases[number - 1]
  }

  /// Whether proofs have such entries.
  package var isOfProofs: Bool {
    switch self {
    case .publication, .published, .paths, .faults: false
    default: !isOfBuilds
    }
  }

  var isOfPublications: Bool {
    !isOfProofs && !isOfBuilds || self == .occasion || self == .shard
  }

  /// Whether builds of ephemeral builders have such entries.
  var isOfBuilds: Bool { [.build, .steps, .closed].contains(self) }

  /// The average number of items in a line; `nil` where one line has all items.
  ///
  /// Entries about many paths are cut into lines at places that depend on the items alone. Two runs that
  /// differ in few paths therefore share most of their lines.
  var itemsPerLine: UInt64? {
    switch self {
    case .derivations: 1024
    case .presence, .offers, .registrations, .outcomes, .events, .paths: 256
    default: nil
    }
  }
}

/// The kinds of records.
package enum RecordKind: String, CaseIterable, Sendable {
  case proof, publication, build

  package func allows(_ kind: EntryKind) -> Bool {
    switch self {
    case .proof: kind.isOfProofs
    case .publication: kind.isOfPublications
    case .build: kind.isOfBuilds
    }
  }

  /// The entry that every record of the kind has, and has first.
  package var beginning: EntryKind {
    switch self {
    case .proof: .proof
    case .publication: .publication
    case .build: .build
    }
  }

  /// The entry that completes a record. A publication is complete with its first entry, because it is
  /// recorded as a whole.
  package var end: EntryKind {
    switch self {
    case .proof: .conclusion
    case .publication: .publication
    case .build: .closed
    }
  }
}

extension RecordKind {
  /// - Throws: ``JSON/Flaw`` where a record of the kind cannot have entries of these kinds in this order.
  package func require(_ kinds: [EntryKind]) throws(JSON.Flaw) {
    guard kinds.first == beginning, kinds.count(where: { $0 == beginning }) == 1 else {
      throw JSON.Flaw(words: "it does not begin as a \(rawValue) does")
    }
    var last = beginning
    for next in kinds {
      guard allows(next) else {
        throw JSON.Flaw(words: "a \(rawValue) has nothing to say of '\(next.rawValue)'")
      }
      guard next.number >= last.number else {
        throw JSON.Flaw(words: "its entries are not in order")
      }
      last = next
    }
  }
}
