/// A derivation as far as a proof needs it: what it makes, and from what.
public struct Derivation: Hashable, Sendable {
  /// Its outputs by name. The path of a floating content-addressed output is not known before it is built.
  public let outputs: [String: StorePath?]
  /// The derivations that it is built from, with the names of the outputs that it needs of each.
  public let inputDerivations: [StorePath: [String]]
  /// The sources that it is built from.
  public let inputSources: [StorePath]
  /// The platform that can build it.
  public let system: String
  /// The environment of its builder, in which `allowSubstitutes` and others are set.
  public let environment: [String: String]

  /// Whether Nix may substitute its outputs. False is written as an empty value; Nix then never asks a
  /// cache and builds without a word.
  public var allowsSubstitutes: Bool { environment["allowSubstitutes"].map { !$0.isEmpty } ?? true }

  /// A derivation from its parts.
  public init(
    outputs: [String: StorePath?], inputDerivations: [StorePath: [String]], inputSources: [StorePath],
    system: String, environment: [String: String]
  ) {
    self.outputs = outputs
    self.inputDerivations = inputDerivations
    self.inputSources = inputSources
    self.system = system
    self.environment = environment
  }
}

/// Derivations by their paths: the build-time closure of targets, as far as it was read.
public struct DerivationGraph: Hashable, Sendable {
  /// What was read. A derivation that is missing here could not be read.
  public private(set) var derivations: [StorePath: Derivation]

  /// A graph of `derivations`.
  public init(_ derivations: [StorePath: Derivation] = [:]) { self.derivations = derivations }

  /// Adds what `other` knows.
  public mutating func merge(_ other: DerivationGraph) {
    derivations.merge(other.derivations) { mine, _ in mine }
  }

  /// The derivation itself and everything it is built from, directly or not.
  public func closure(of root: StorePath) -> Set<StorePath> {
    var seen: Set<StorePath> = [root]
    var open = [root]
    while let next = open.popLast() {
      for input in (derivations[next]?.inputDerivations ?? [:]).keys where seen.insert(input).inserted {
        open.append(input)
      }
    }
    return seen
  }

  /// Which derivation makes each output path.
  public var producers: [StorePath: StorePath] {
    var producers: [StorePath: StorePath] = [:]
    for (derivation, content) in derivations {
      for case let path? in content.outputs.values { producers[path] = derivation }
    }
    return producers
  }
}
