import GRDB
import NixModel

extension Recorder {
  func record(_ target: TargetJudgment, at position: Int, _ seq: Int64) throws {
    try Table(
      "verdict_row", ["run", "position", "installable", "spec", "derivation", "verdict"], db
    ).insert([
      seq, position, try lexicon.text(target.installable.recordedName),
      try spec(of: target.installable),
      try lexicon.text(ifAny: target.derivation?.description), target.ruling.verdict.rawValue,
    ])
    let outcomes = try Table(
      "outcome_row", ["run", "target", "position", "name", "path", "fate", "nar_size", "signed_by"], db)
    for (index, output) in target.outputs.enumerated() {
      try outcomes.insert([
        seq, position, index, try lexicon.text(output.name), try lexicon.text(output.path),
        try fate(output.outcome), output.narSize.map { Int64(clamping: $0) },
        try lexicon.text(output.signedBy.joined(separator: " ")),
      ])
    }
    let found = try Table("found_row", ["run", "target", "path", "kind"], db)
    for path in target.found {
      try found.insert([seq, position, try lexicon.text(path.path), path.kind.rawValue])
    }
    let reasons = try Table(
      "reason_row", ["run", "target", "position", "code", "bearing", "path", "fact"], db)
    for (index, reason) in target.ruling.reasons.enumerated() {
      try reasons.insert([
        seq, position, index, reason.code.rawValue, reason.bearing.rawValue,
        try lexicon.text(ifAny: reason.path?.description), try lexicon.text(try JSON.text(reason.fact)),
      ])
    }
  }
}
