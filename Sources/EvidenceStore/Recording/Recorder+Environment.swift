import GRDB
import NixModel

extension Recorder {
  func record(_ environment: RunnerEnvironment, _ seq: Int64) throws {
    let sandbox: (word: String?, cause: String?) =
      switch environment.sandbox {
      case .notTried: (nil, nil)
      case .works: ("works", nil)
      case .missing(let cause): ("missing", Redaction.redact(cause))
      }
    try Table(
      "environment",
      [
        "run", "nix", "system", "store", "substitutes", "sandbox", "sandbox_cause", "nix_sandbox",
        "always_substitutes",
      ], db
    ).insert([
      seq, environment.nixVersion, environment.system, Redaction.redact(environment.store),
      environment.substitutes, sandbox.word, sandbox.cause, environment.sandboxSetting?.rawValue,
      environment.alwaysSubstitutes ? true : nil,
    ])
    let substituters = try Table("substituter_row", ["run", "position", "url"], db)
    for (position, url) in environment.substituters.enumerated() {
      try substituters.insert([seq, position, try lexicon.text(url.canonical)])
    }
    let keys = try Table("trusted_key_row", ["run", "position", "key"], db)
    for (position, key) in environment.trustedKeys.keys.enumerated() {
      try keys.insert([seq, position, try lexicon.text(key.description)])
    }
    let means = try Table(
      "means_of_writing_row", ["run", "position", "kind", "place", "writes", "detail"], db)
    let policy = try strictness(of: seq)
    for (position, found) in environment.meansOfWriting.enumerated() {
      try means.insert([
        seq, position, try lexicon.text(found.kind.rawValue), try lexicon.text(found.place),
        found.standing(under: policy) == .decides, try lexicon.text(try JSON.text(found)),
      ])
    }
    let settings = try Table("setting_row", ["run", "name", "place"], db)
    for (name, place) in environment.origins.sorted(by: { $0.key < $1.key }) {
      try settings.insert([seq, try lexicon.text(name), try lexicon.text(Redaction.redact(place))])
    }
  }
}
