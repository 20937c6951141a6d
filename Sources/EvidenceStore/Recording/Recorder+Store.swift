import GRDB
import NixModel

extension Recorder {
  func record(_ heard: Heard<[StorePath: Registration]>, _ seq: Int64) throws {
    switch heard {
    case .notAsked: break
    case .unavailable(let cause): try silence("store after", cause, seq)
    case .said(let registrations):
      let rows = try Table("registration_row", ["run", "path", "metadata", "ultimate"], db)
      for (path, row) in try inOrder(registrations) {
        try rows.insert([seq, path, try metadata(of: path, row), row.isUltimate])
      }
    }
  }

  func record(_ outcomes: [StorePath: Outcome], _ seq: Int64) throws {
    let rows = try Table("path_outcome_row", ["run", "path", "fate"], db)
    for (path, outcome) in try inOrder(outcomes) {
      try rows.insert([seq, path, try lexicon.outcomes.id(of: outcome) { try fate(outcome) }])
    }
    try index("path_outcome_row", seq)
  }

  func fate(_ outcome: Outcome) throws -> Int64 {
    try lexicon.entry(
      .fate, [outcome.word, try lexicon.text(ifAny: outcome.origin.map { Redaction.redact($0) })])
  }

  /// What a registration says of a path, for which there is an id.
  func metadata(of path: Int64, _ row: Registration) throws -> Int64 {
    try lexicon.registrations.id(of: .init(path: path, registration: row)) {
      try metadata(of: path, row.narHash, row.narSize, row.references, row.signatures, row.contentAddress)
    }
  }

  /// What a narinfo and a registration say alike.
  func metadata(
    of path: Int64, _ narHash: NarHash, _ narSize: UInt64, _ references: [StorePath],
    _ signatures: [Signature], _ contentAddress: ContentAddress?
  ) throws -> Int64 {
    try lexicon.entry(
      .metadata,
      [
        path, narHash.nix32, Int64(clamping: narSize), words(references.map(\.baseName)),
        // A signature that holds what the cache was sent is none.
        words(signatures.filter { !Redaction.holdsKnown($0.description) }),
        contentAddress?.description,
      ])
  }

  /// Values by the ids of their paths, in the order of the tables: rows that are added at the end fill the
  /// file's pages.
  func inOrder<Value>(_ values: [StorePath: Value]) throws -> [(id: Int64, value: Value)] {
    // The ids are given in the order of paths, so that the same evidence makes the same file.
    try values.sorted { $0.key < $1.key }.map { (id: try lexicon.text($0.key), value: $0.value) }
      .sorted { $0.id < $1.id }
  }

  func silence(_ witness: String, _ cause: String, _ seq: Int64) throws {
    try Table("silence", ["run", "witness", "cause"], db)
      .insert([seq, witness, Redaction.redact(cause)])
  }
}
