import NixModel
import Proof

// Evaluated code names things as it likes, and can give a secret of the runner for a name. A name cannot be masked
// and still be a path, so nothing of such a thing goes any further.

extension Resolution {
  /// The same without targets whose paths hold a secret; they count as not resolved.
  var withoutSecrets: Resolution {
    var other = self
    other.targets.removeAll(where: \.holdsSecret)
    other.unresolved += targets.filter(\.holdsSecret).map {
      UnresolvedTarget(
        installable: $0.installable,
        error: "evaluation gave a secret of this runner for a name, so nothing of it is asked for or recorded"
      )
    }
    return other
  }
}

extension DerivationGraph {
  /// The same without derivations that name a secret.
  var withoutSecrets: DerivationGraph {
    DerivationGraph(
      derivations.filter { path, derivation in
        !path.holdsSecret && !derivation.outputs.values.contains { $0?.holdsSecret == true }
          && !derivation.inputDerivations.keys.contains(where: \.holdsSecret)
          && !derivation.inputSources.contains(where: \.holdsSecret)
      })
  }
}

extension Target {
  fileprivate var holdsSecret: Bool {
    derivation?.holdsSecret == true || outputs.contains { $0.path.holdsSecret }
  }
}

extension StorePath {
  fileprivate var holdsSecret: Bool { Redaction.holdsKnown(description) }
}
