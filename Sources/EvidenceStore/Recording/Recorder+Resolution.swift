import GRDB
import NixModel

extension Recorder {
  func record(_ targets: [Target], _ unresolved: [UnresolvedTarget], _ seq: Int64) throws {
    let rows = try Table(
      "target_row", ["run", "position", "installable", "derivation", "system", "error", "spec"], db)
    let outputs = try Table("output_row", ["run", "target", "position", "name", "path"], db)
    for (position, target) in targets.enumerated() {
      let system: String? =
        switch target.resolution {
        case .derivation(_, let system, _): system
        case .path: nil
        }
      try rows.insert([
        seq, position, try lexicon.text(target.installable.recordedName),
        try lexicon.text(ifAny: target.derivation?.description), try lexicon.text(ifAny: system), nil,
        try spec(of: target.installable),
      ])
      for (index, output) in target.outputs.enumerated() {
        try outputs.insert([
          seq, position, index, try lexicon.text(output.name), try lexicon.text(output.path),
        ])
      }
    }
    for (offset, target) in unresolved.enumerated() {
      try rows.insert([
        seq, targets.count + offset, try lexicon.text(target.installable.recordedName), nil, nil,
        try lexicon.text(Redaction.redact(target.error)),
        try spec(of: target.installable),
      ])
    }
    for table in ["target_row", "output_row"] { try index(table, seq) }
  }

  /// A derivation's path follows from all that it is, so each is kept once, for all runs.
  func record(_ graph: DerivationGraph) throws {
    let known = try db.cachedStatement(sql: "SELECT 1 FROM derivation WHERE path = ?")
    let rows = try Table(
      "derivation",
      ["path", "system", "allows_substitutes", "outputs", "inputs", "sources", "traits", "link"], db)
    for (path, content) in graph.derivations.sorted(by: { $0.key < $1.key }) {
      let name = path.description
      if try Int.fetchOne(known, arguments: [name]) != nil { continue }
      try rows.insert([
        name, content.system, content.allowsSubstitutes,
        try JSON.text(content.outputs.mapValues { $0?.baseName }),
        try JSON.text(
          Dictionary(uniqueKeysWithValues: content.inputDerivations.map { ($0.key.baseName, $0.value) })),
        words(content.inputSources.map(\.baseName)), try JSON.text(content.traits),
        ledger.linkOfDerivations,
      ])
      ledger.note(derivation: name)
    }
  }
}

/// A list of words as the store writes it.
func words(_ values: [some CustomStringConvertible]) -> String {
  values.map(\.description).joined(separator: " ")
}
