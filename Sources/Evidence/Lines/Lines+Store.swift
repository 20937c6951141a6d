package import NixModel

// The store before and after the run. A witness that could not be heard states the cause in place of its
// items.
extension Baseline {
  package func entries() -> [Entry] {
    let item = JSON.item { item in
      switch self {
      case .row(let row): item.add("row", row)
      case .listed(let paths): item.add("listed", paths)
      }
    }
    return Entry.entries(.baseline, [item])
  }
}

/// Entries about paths in the store.
package enum StoreLines {
  package static func entries(_ heard: Heard<[StorePath: Presence]>) -> [Entry] {
    entries(.presence, heard) { item, presence in
      item.add("onDisk", if: presence.isOnDisk)
      guard let entry = presence.entry else { return }
      switch entry.arrival {
      case .before(let row):
        item.add("since", "before")
        item.add("row", row)
      case .evaluation(let row):
        item.add("since", "evaluation")
        item.add("row", row)
      }
      item.add(entry.registration)
    }
  }

  package static func entries(_ heard: Heard<[StorePath: Registration]>) -> [Entry] {
    entries(.registrations, heard) { item, registration in item.add(registration) }
  }

  private static func entries<Value>(
    _ kind: EntryKind, _ heard: Heard<[StorePath: Value]>, _ fill: (inout ItemWriter, Value) -> Void
  ) -> [Entry] {
    switch heard {
    case .notAsked: return []
    case .unavailable(let cause):
      return Entry.entries(kind, [.item { $0.add("silence", Redaction.redact(cause)) }])
    case .said(let values):
      return Entry.entries(
        kind,
        values.sorted { $0.key < $1.key }.map { path, value in
          .item { item in
            item.add("path", path)
            fill(&item, value)
          }
        })
    }
  }

  package static func entries(_ outcomes: [StorePath: Outcome]) -> [Entry] {
    Entry.entries(
      .outcomes,
      outcomes.sorted { $0.key < $1.key }.map { path, outcome in
        .item { item in
          item.add("path", path)
          item.add(outcome)
        }
      })
  }
}

extension ItemWriter {
  package mutating func add(_ outcome: Outcome) {
    add("outcome", outcome.word)
    add("origin", outcome.origin.map { Redaction.redact($0) })
  }

  package mutating func add(_ registration: Registration) {
    add("ultimate", if: registration.isUltimate)
    addContent(
      registration.narHash, registration.narSize, registration.references, registration.signatures,
      registration.contentAddress)
  }

  /// Adds the members that a narinfo and a registration share.
  mutating func addContent(
    _ narHash: NarHash, _ narSize: UInt64, _ references: [StorePath], _ signatures: [Signature],
    _ contentAddress: ContentAddress?
  ) {
    add("narHash", narHash.nix32)
    add("narSize", narSize)
    add("references", texts: references.map(\.baseName))
    // A cache may answer with a secret that it was sent. Such a signature is left out.
    add("signatures", texts: signatures.filter { !Redaction.holdsKnown($0.description) })
    add("contentAddress", contentAddress?.description)
  }
}

extension Item {
  package func outcome() throws -> Outcome {
    let (word, origin) = (try text("outcome"), try text(ifAny: "origin"))
    guard let outcome = Outcome(word: word, origin: origin) else {
      throw JSON.Flaw(words: "an outcome is '\(word.excerpt)' from '\((origin ?? "nowhere").excerpt)'")
    }
    return outcome
  }

  package func narHash() throws -> NarHash {
    guard let hash = NarHash(try text("narHash")) else { throw JSON.Flaw(words: "'narHash' is no hash") }
    return hash
  }

  package func references(in directory: StoreDirectory) throws -> [StorePath] {
    try texts("references").map { try StorePath(baseName: $0, in: directory) }
  }

  package func signatures() throws -> [Signature] {
    try texts("signatures").map { try Signature(parsing: $0) }
  }

  package func contentAddress() throws -> ContentAddress? {
    guard let text = try text(ifAny: "contentAddress") else { return nil }
    guard let address = ContentAddress(text) else {
      throw JSON.Flaw(words: "'contentAddress' is none")
    }
    return address
  }

  package func registration(of path: StorePath) throws -> Registration {
    Registration(
      narHash: try narHash(), narSize: try number("narSize"), isUltimate: try flag("ultimate"),
      signatures: try signatures(), contentAddress: try contentAddress(),
      references: try references(in: path.directory))
  }
}

extension Contents {
  package func baseline() throws -> Baseline? {
    guard let item = try item(ifAny: .baseline) else { return nil }
    if let row: Int64 = try item.number(ifAny: "row") { return .row(row) }
    return .listed(paths: try item.number("listed"))
  }

  package func presence() throws -> Heard<[StorePath: Presence]> {
    try heard(.presence) { item, path in
      let isOnDisk = try item.flag("onDisk")
      guard let since = try item.text(ifAny: "since") else { return Presence(nil, isOnDisk: isOnDisk) }
      let row: Int64? = try item.number(ifAny: "row")
      let arrival: Presence.Arrival
      switch since {
      case "before": arrival = .before(row: row)
      case "evaluation": arrival = .evaluation(row: row)
      default: throw JSON.Flaw(words: "\(path) was in its store since '\(since.excerpt)'")
      }
      return Presence(Presence.Entry(try item.registration(of: path), arrival), isOnDisk: isOnDisk)
    }
  }

  package func registrations() throws -> Heard<[StorePath: Registration]> {
    try heard(.registrations) { item, path in try item.registration(of: path) }
  }

  package func outcomes() throws -> [StorePath: Outcome] {
    try byPath(items(.outcomes)) { item, _ in try item.outcome() }
  }

  private func heard<Value>(
    _ kind: EntryKind, _ read: (Item, StorePath) throws -> Value
  ) throws -> Heard<[StorePath: Value]> {
    guard items(ifAny: kind) != nil else { return .notAsked }
    let items = try items(kind)
    if items.count == 1, let cause = try items.first?.text(ifAny: "silence") { return .unavailable(cause) }
    return .said(try byPath(items, read))
  }

  private func byPath<Value>(
    _ items: [Item], _ read: (Item, StorePath) throws -> Value
  ) throws -> [StorePath: Value] {
    var values: [StorePath: Value] = [:]
    values.reserveCapacity(items.count)
    for item in items {
      let path = try item.path("path")
      values[path] = try read(item, path)
    }
    return values
  }
}
