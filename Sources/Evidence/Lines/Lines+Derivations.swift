package import NixModel

extension DerivationGraph {
  package func entries() -> [Entry] {
    guard !derivations.isEmpty else { return [] }
    return Entry.entries(
      .derivations,
      derivations.sorted { $0.key < $1.key }.map { path, derivation in
        .item { item in
          item.add("path", path)
          item.add("system", derivation.system)
          item.add("allowsSubstitutes", flag: derivation.allowsSubstitutes)
          item.add(
            "outputs",
            .object(
              derivation.outputs.sorted { $0.key < $1.key }.map { name, path in
                (name, path.map { .text($0.baseName) } ?? .null)
              }))
          item.add(
            "inputs",
            .object(
              derivation.inputDerivations.sorted { $0.key < $1.key }.map { path, outputs in
                (path.baseName, .list(outputs.map(JSON.text)))
              }))
          item.add("sources", texts: derivation.inputSources.map(\.baseName))
          item.add(derivation.traits)
        }
      })
  }
}

extension ItemWriter {
  fileprivate mutating func add(_ traits: Derivation.Traits) {
    add("package", traits.package)
    add("version", traits.version)
    add("fixedHash", traits.fixedHash)
    // Variables and their fingerprints are two lists, because derivations share names but no fingerprints.
    // Apart, they pack into half the space.
    let fingerprints = traits.fingerprints.sorted { $0.key < $1.key }
    add("variables", texts: fingerprints.map(\.key))
    if !fingerprints.isEmpty { add("fingerprints", fingerprints.map(\.value).joined(separator: " ")) }
  }
}

extension Contents {
  package func graph(alwaysSubstitutes: Bool) throws -> DerivationGraph {
    var derivations: [StorePath: Derivation] = [:]
    for item in try items(.derivations) {
      let path = try item.path("path")
      func named(_ text: String) throws -> StorePath { try StorePath(baseName: text, in: path.directory) }
      var outputs: [String: StorePath?] = [:]
      for (name, value) in try item.members(of: "outputs") {
        switch value {
        case .null: outputs[name] = .some(nil)
        case .text(let text): outputs[name] = try named(text)
        default: throw JSON.Flaw(words: "an output of \(path) is no path")
        }
      }
      var inputs: [StorePath: [String]] = [:]
      for (name, value) in try item.members(of: "inputs") {
        inputs[try named(name)] = try Item(.object([("outputs", value)])).texts("outputs")
      }
      let names = try item.texts("variables")
      let prints = try item.text(ifAny: "fingerprints")?.split(separator: " ").map(String.init) ?? []
      guard names.count == prints.count else {
        throw JSON.Flaw(words: "\(path) has \(names.count) variables and \(prints.count) fingerprints")
      }
      let fingerprints = Dictionary(zip(names, prints)) { first, _ in first }
      derivations[path] = Derivation(
        outputs: outputs, inputDerivations: inputs, inputSources: try item.texts("sources").map(named),
        system: try item.text("system"), allowsSubstitutes: try item.flag("allowsSubstitutes"),
        traits: Derivation.Traits(
          package: try item.text(ifAny: "package"), version: try item.text(ifAny: "version"),
          fixedHash: try item.text(ifAny: "fixedHash"), fingerprints: fingerprints))
    }
    return DerivationGraph(derivations, alwaysSubstitutes: alwaysSubstitutes)
  }
}

extension Item {
  /// The members of an object whose names are data.
  package func members(of name: String) throws(JSON.Flaw) -> [JSON.Member] {
    guard case .object(let members) = try json(name) else { throw JSON.Flaw(words: "'\(name)' is no object") }
    return members
  }
}
