/// How a target's derivation differs from that of an earlier run: which inputs changed by themselves, apart
/// from everything that changed because they did.
public struct Drift: Hashable, Sendable {
  /// The earlier derivation.
  public let old: StorePath
  /// The later one.
  public let new: StorePath
  /// The derivations that changed by themselves, nearest to the target first.
  public let changes: [Change]
  /// The number of all derivations that differ, those included that differ only because of others.
  public let differing: Int

  /// Whether it is the very same derivation: then the cache changed, and not the inputs.
  public var isNone: Bool { old == new }

  /// One derivation that changed by itself.
  public struct Change: Hashable, Sendable {
    /// How the target leads to it: names of derivations, the target's own first, its own last.
    public let chain: [String]
    /// The earlier derivation.
    public let old: StorePath
    /// The later one.
    public let new: StorePath
    /// Their differences; never empty.
    public let differences: [Difference]
  }

  /// A difference between two derivations of one thing.
  public enum Difference: Hashable, Sendable {
    /// The version, or the whole name where it has none.
    case name(old: String, new: String)
    /// The platform.
    case system(old: String, new: String)
    /// The hash that a fetched source must have.
    case fixedHash(old: String, new: String)
    /// Sources that it is built from: files beside the expression, patches.
    case sources(changed: [String], added: [String], removed: [String])
    /// Derivations that it is built from.
    case inputs(added: [String], removed: [String])
    /// Variables of its builder, by name.
    case variables([String])
    /// One of the two was not recorded.
    case unknown
  }
}

/// Compares a target's derivation with that of an earlier run, by walking both graphs side by side.
///
/// Inputs are paired by name. Fetched sources with the same hash are the same, even if the fetchers differ.
public func drift(
  from old: StorePath, in before: DerivationGraph, to new: StorePath, in after: DerivationGraph
) -> Drift {
  var changes: [Drift.Change] = []
  var differing = 0
  var seen: Set<[StorePath]> = []
  var open: [(old: StorePath, new: StorePath, chain: [String])] = [(old, new, [])]
  var position = 0
  while position < open.count {
    let pair = open[position]
    position += 1
    guard pair.old != pair.new, seen.insert([pair.old, pair.new]).inserted else { continue }
    let chain = pair.chain + [String(pair.new.derivationName)]
    guard let mine = before.derivations[pair.old], let theirs = after.derivations[pair.new] else {
      differing += 1
      changes.append(.init(chain: chain, old: pair.old, new: pair.new, differences: [.unknown]))
      continue
    }
    if let hash = mine.traits.fixedHash, hash == theirs.traits.fixedHash,
      pair.old.derivationName == pair.new.derivationName
    {
      continue
    }
    differing += 1
    let inputs = Pairing(
      Array(mine.inputDerivations.keys), Array(theirs.inputDerivations.keys), { before.name(of: $0) },
      { after.name(of: $0) })
    let differences = differences(pair.old, mine, pair.new, theirs, inputs)
    if !differences.isEmpty {
      changes.append(.init(chain: chain, old: pair.old, new: pair.new, differences: differences))
    }
    open += inputs.pairs.map { ($0.old, $0.new, chain) }
  }
  return Drift(old: old, new: new, changes: changes, differing: differing)
}

private func differences(
  _ old: StorePath, _ mine: Derivation, _ new: StorePath, _ theirs: Derivation, _ inputs: Pairing
) -> [Drift.Difference] {
  var differences: [Drift.Difference] = []
  if old.derivationName != new.derivationName {
    differences.append(.name(old: String(old.derivationName), new: String(new.derivationName)))
  } else if let version = mine.traits.version, let other = theirs.traits.version, version != other {
    differences.append(.name(old: version, new: other))
  }
  if mine.system != theirs.system { differences.append(.system(old: mine.system, new: theirs.system)) }
  if mine.traits.fixedHash != theirs.traits.fixedHash {
    differences.append(
      .fixedHash(old: mine.traits.fixedHash ?? "none", new: theirs.traits.fixedHash ?? "none"))
  }
  let sources = Pairing(mine.inputSources, theirs.inputSources, { String($0.name) }, { String($0.name) })
  let changed = sources.pairs.filter { $0.old != $0.new }.map { String($0.new.name) }
  if !changed.isEmpty || !sources.added.isEmpty || !sources.removed.isEmpty {
    differences.append(
      .sources(
        changed: changed, added: sources.added.map { String($0.name) },
        removed: sources.removed.map { String($0.name) }))
  }
  if !inputs.added.isEmpty || !inputs.removed.isEmpty {
    differences.append(
      .inputs(
        added: inputs.added.map { String($0.derivationName) },
        removed: inputs.removed.map { String($0.derivationName) }))
  }
  let names = Set(mine.traits.fingerprints.keys).union(theirs.traits.fingerprints.keys)
  let variables = names.filter { mine.traits.fingerprints[$0] != theirs.traits.fingerprints[$0] }.sorted()
  // A new source or input shows in variables, too; they are told where they are the only sign.
  if !variables.isEmpty, differences.isEmpty { differences.append(.variables(variables)) }
  return differences
}

/// Two lists of paths, paired by name.
private struct Pairing {
  private(set) var pairs: [(old: StorePath, new: StorePath)] = []
  private(set) var added: [StorePath] = []
  private(set) var removed: [StorePath] = []

  init(
    _ old: [StorePath], _ new: [StorePath], _ oldName: @escaping (StorePath) -> String,
    _ newName: @escaping (StorePath) -> String
  ) {
    let common = Set(old).intersection(new)
    // First by the whole name, then by the package's: a new version has another whole name.
    var rest = old.filter { !common.contains($0) }.sorted()
    var open = new.filter { !common.contains($0) }.sorted()
    for isSame in [
      { (old: StorePath, new: StorePath) in old.name == new.name },
      { (old: StorePath, new: StorePath) in oldName(old) == newName(new) },
    ] {
      var left: [StorePath] = []
      for path in open {
        if let index = rest.firstIndex(where: { isSame($0, path) }) {
          pairs.append((rest.remove(at: index), path))
        } else {
          left.append(path)
        }
      }
      open = left
    }
    added = open
    removed = rest
  }
}

extension DerivationGraph {
  /// The package's name: `pname`, else the name up to its version.
  func name(of derivation: StorePath) -> String {
    if let package = derivations[derivation]?.traits.package { return package }
    let words = derivation.derivationName.split(separator: "-", omittingEmptySubsequences: false)
    let name = words.prefix { word in word.first.map { !$0.isNumber } ?? true }
    return name.isEmpty ? String(derivation.derivationName) : name.joined(separator: "-")
  }
}
