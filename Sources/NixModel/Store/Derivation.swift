/// A derivation as far as a proof needs it: its outputs, its inputs, and the traits that tell it from an
/// earlier one.
public struct Derivation: Hashable, Sendable {
  /// Its outputs by name. The path of a floating content-addressed output is not known before it is built.
  public let outputs: [String: StorePath?]
  /// The derivations that it is built from, with the names of the outputs that it needs of each.
  public let inputDerivations: [StorePath: [String]]
  /// The sources that it is built from.
  public let inputSources: [StorePath]
  /// The platform that can build it.
  public let system: String
  /// Whether Nix may substitute its outputs (`allowSubstitutes`). Where it may not, Nix never asks a cache
  /// and builds without a word.
  public let allowsSubstitutes: Bool
  /// The builder's instructions, as far as they are kept.
  public let traits: Traits

  /// The record of a builder's environment: names in clear, values as fingerprints, because values can be
  /// long and can hold secrets.
  public struct Traits: Hashable, Sendable, Codable {
    /// `pname`: the package's name.
    public var package: String?
    /// `version`.
    public var version: String?
    /// The hash that a fixed output must have (`outputHash`).
    public var fixedHash: String?
    /// A fingerprint of each variable's value, and of `builder` and `args`. Store paths in a value count as
    /// one word: which ones they are is told by the inputs.
    public var fingerprints: [String: String]

    /// Traits; by default none.
    public init(
      package: String? = nil, version: String? = nil, fixedHash: String? = nil,
      fingerprints: [String: String] = [:]
    ) {
      self.package = package
      self.version = version
      self.fixedHash = fixedHash
      self.fingerprints = fingerprints
    }
  }

  /// A derivation from its parts.
  public init(
    outputs: [String: StorePath?], inputDerivations: [StorePath: [String]] = [:],
    inputSources: [StorePath] = [], system: String = "", allowsSubstitutes: Bool = true,
    traits: Traits = Traits()
  ) {
    self.outputs = outputs
    self.inputDerivations = inputDerivations
    self.inputSources = inputSources
    self.system = system
    self.allowsSubstitutes = allowsSubstitutes
    self.traits = traits
  }
}

/// Derivations by their paths: the build-time closure of targets, as far as it was read.
public struct DerivationGraph: Hashable, Sendable {
  /// The derivations that were read. One that is missing here could not be read.
  public private(set) var derivations: [StorePath: Derivation]
  /// Whether Nix asks caches for all of them, even where they disallow it (`always-allow-substitutes`).
  public var alwaysSubstitutes: Bool

  /// A graph of `derivations`.
  public init(_ derivations: [StorePath: Derivation] = [:], alwaysSubstitutes: Bool = false) {
    self.derivations = derivations
    self.alwaysSubstitutes = alwaysSubstitutes
  }

  /// Whether Nix asks caches for the outputs of a derivation of the graph.
  func allowsSubstitutes(_ derivation: Derivation) -> Bool {
    derivation.allowsSubstitutes || alwaysSubstitutes
  }

  /// Adds the derivations of `other`.
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
