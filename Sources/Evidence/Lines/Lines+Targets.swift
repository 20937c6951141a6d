package import NixModel

/// Entries about evaluated installables. Those that could not be evaluated stand last.
package enum TargetLines {
  package static func entries(_ targets: [Target], _ unresolved: [UnresolvedTarget]) throws -> [Entry] {
    let resolved = try targets.map { target in
      try JSON.item { item in
        try item.add(target.installable)
        if case .derivation(let path, let system, _) = target.resolution {
          item.add("derivation", path)
          item.add("system", system)
        }
        item.add("outputs", items: target.outputs.map { output($0.name, $0.path) })
      }
    }
    let failed = try unresolved.map { target in
      try JSON.item { item in
        try item.add(target.installable)
        item.add("error", Redaction.redact(target.error))
      }
    }
    return Entry.entries(.targets, resolved + failed)
  }

  private static func output(_ name: String, _ path: StorePath) -> JSON {
    .item { item in
      item.add("name", name)
      item.add("path", path)
    }
  }
}

extension Contents {
  package func targets() throws -> (resolved: [Target], unresolved: [UnresolvedTarget]) {
    var (resolved, unresolved): ([Target], [UnresolvedTarget]) = ([], [])
    for item in try items(.targets) {
      let installable = try item.installable()
      if let error = try item.text(ifAny: "error") {
        unresolved.append(UnresolvedTarget(installable: installable, error: error))
        continue
      }
      let outputs = try item.items("outputs").map {
        Target.Output(name: try $0.text("name"), path: try $0.path("path"))
      }
      if let derivation = try item.path(ifAny: "derivation") {
        let resolution = Target.Resolution.derivation(
          derivation, system: try item.text("system"), outputs: outputs)
        resolved.append(Target(installable: installable, resolution: resolution))
      } else if outputs.count == 1, let only = outputs.first {
        resolved.append(Target(installable: installable, resolution: .path(only.path)))
      } else {
        throw JSON.Flaw(words: "a target without a derivation has \(outputs.count) outputs, and not one")
      }
    }
    return (resolved, unresolved)
  }
}
