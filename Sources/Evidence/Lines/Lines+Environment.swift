package import NixModel

extension RunnerEnvironment {
  package func entries() throws -> [Entry] {
    let item = try JSON.item { item in
      item.add("nix", nixVersion)
      item.add("system", system)
      item.add("store", Redaction.redact(store))
      item.add("substituters", texts: substituters.map(\.canonical))
      item.add("keys", texts: trustedKeys.keys)
      item.add("substitutes", flag: substitutes)
      item.add("alwaysSubstitutes", if: alwaysSubstitutes)
      switch sandbox {
      case .notTried: break
      case .works: item.add("sandbox", "works")
      case .missing(let cause): item.add("sandboxMissing", Redaction.redact(cause))
      }
      item.add("sandboxSetting", sandboxSetting?.rawValue)
      item.add("means", items: try meansOfWriting.map { try JSON(encoding: $0) })
      item.add(
        "settings",
        items: origins.sorted { $0.key < $1.key }.map { name, place in
          .item {
            $0.add("name", name)
            $0.add("place", Redaction.redact(place))
          }
        })
    }
    return Entry.entries(.environment, [item])
  }
}

extension Contents {
  package func environment() throws -> RunnerEnvironment? {
    guard let item = try item(ifAny: .environment) else { return nil }
    let sandbox: RunnerEnvironment.Sandbox =
      if let cause = try item.text(ifAny: "sandboxMissing") {
        .missing(cause: cause)
      } else {
        try item.text(ifAny: "sandbox") == "works" ? .works : .notTried
      }
    let origins = try item.items("settings").map { (try $0.text("name"), try $0.text("place")) }
    return RunnerEnvironment(
      nixVersion: try item.text("nix"), system: try item.text("system"), store: try item.text("store"),
      substituters: try item.texts("substituters").map { SubstituterURL(anyStore: $0) },
      trustedKeys: TrustedKeys(try item.texts("keys").map { try PublicKey(parsing: $0) }),
      substitutes: try item.flag("substitutes"),
      meansOfWriting: try item.list("means").map { try $0.decoded(MeansOfWriting.self) },
      origins: Dictionary(origins) { first, _ in first }, sandbox: sandbox,
      sandboxSetting: try item.word(ifAny: "sandboxSetting"),
      alwaysSubstitutes: try item.flag("alwaysSubstitutes"))
  }
}
