/// The scope of a target's verdict: the paths that must be copied, and the builds that may run.
public struct Scope: Hashable, Sendable {
  /// The target.
  public let target: Target
  /// The paths that must be copied: the target's chosen outputs, or, where the policy lets it be built, the
  /// inputs of its build.
  public let roots: [StorePath]
  /// Derivations that are expected to be built, with the policy's leave: the target's own, and those of
  /// its inputs that no cache has.
  public let built: Set<StorePath>
  /// The sources of the derivations in ``built`` whose paths follow from their content: they need no
  /// signature. Other sources are roots.
  public let sources: [StorePath]
  /// Paths that the survey has not asked for yet. Empty in a complete scope.
  public let unsurveyed: [StorePath]
  /// Derivations that have to be read to go on. Empty in a complete scope.
  public let unread: [StorePath]
  /// Sources whose registration is not known yet. Empty in a complete scope.
  public let unseen: [StorePath]

  /// A path that a target needs, and why.
  public struct Member: Hashable, Sendable {
    /// The path.
    public let path: StorePath
    /// The path that refers to it; `nil` for a root.
    public let neededBy: StorePath?
  }

  /// The scope of `target`, as far as `survey`, `graph` and the store `before` tell.
  ///
  /// A path that a cache offers will be copied. One that none offers is built if the policy allows its
  /// derivation, and then its inputs' outputs are needed instead; otherwise it stays a root, and will be
  /// found missing. A derivation that disallows substitutes is always built.
  ///
  /// A source of a build (`builtins.storePath`, a file) is in the store since evaluation at the latest. If it
  /// is truly content-addressed, the expression itself determines it. Any other source is the result of a
  /// build, and has to come from a cache as a root.
  public init(
    of target: Target, survey: Survey, graph: DerivationGraph, before: Heard<[StorePath: Presence]>,
    policy: Policy
  ) {
    var roots: [StorePath] = []
    var built: Set<StorePath> = []
    var unsurveyed: [StorePath] = []
    var unread: [StorePath] = []
    var openSources: [StorePath] = []
    var seen: Set<StorePath> = []
    var open = target.outputs.map { (path: $0.path, derivation: target.derivation) }

    while let next = open.popLast() {
      guard seen.insert(next.path).inserted else { continue }
      guard let derivation = next.derivation, policy.allowsBuilding(derivation) else {
        roots.append(next.path)
        if survey.answers[next.path] == nil { unsurveyed.append(next.path) }
        continue
      }
      guard let content = graph.derivations[derivation] else {
        unread.append(derivation)
        continue
      }
      if graph.allowsSubstitutes(content) {
        guard survey.answers[next.path] != nil else {
          unsurveyed.append(next.path)
          continue
        }
        if survey.offer(of: next.path, under: policy) != nil {
          roots.append(next.path)
          continue
        }
      }
      built.insert(derivation)
      openSources += content.inputSources
      for (input, outputs) in content.inputDerivations.sorted(by: { $0.key < $1.key }) {
        guard let known = graph.derivations[input] else {
          unread.append(input)
          continue
        }
        for output in outputs {
          if case let path?? = known.outputs[output] { open.append((path, input)) }
        }
      }
    }

    var sources: [StorePath] = []
    var unseen: [StorePath] = []
    var seenSources: Set<StorePath> = []
    while let source = openSources.popLast() {
      guard seenSources.insert(source).inserted else { continue }
      if case .unavailable = before {
        // The store gives no answer about it, which is a reason by itself.
        roots.append(source)
      } else if let presence = before.value?[source] {
        if let registration = presence.entry?.registration, registration.isContentAddressed(source) {
          sources.append(source)
          openSources += registration.references
        } else {
          roots.append(source)
          if survey.answers[source] == nil { unsurveyed.append(source) }
        }
      } else {
        unseen.append(source)
      }
    }

    self.target = target
    self.roots = roots.unique.sorted()
    self.sources = sources.sorted()
    self.unseen = unseen.sorted()
    self.built = built
    self.unsurveyed = unsurveyed.unique.sorted()
    self.unread = unread
  }

  /// Whether the policy lets the target itself be built, and it is going to be.
  public var buildsTarget: Bool { target.derivation.map(built.contains) ?? false }
}

extension Collection<Scope> {
  /// The closure of everything that the targets need: the roots and all that they refer to, each path once.
  public func closure(in survey: Survey, under policy: Policy) -> [StorePath] {
    survey.closure(of: flatMap(\.roots), under: policy).map(\.path)
  }

  /// The same with the targets' own outputs.
  public func paths(in survey: Survey, under policy: Policy) -> [StorePath] {
    (flatMap { $0.target.outputs.map(\.path) } + closure(in: survey, under: policy)).unique
  }
}
