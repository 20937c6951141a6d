/// How a version of Nix goes on where a cache offers an output and lacks something that the output refers to.
public enum HoleHabit: Hashable, Sendable {
  /// It brings the derivation's inputs, and then tries once more to copy the output (before 2.30).
  case triesAgain
  /// It builds the derivation (since 2.30). Source: Nix, commit 99cb85cd37.
  case builds
}

/// The state of a plan: what is decided, and what has to be asked before more can be.
public struct Planning: Sendable {
  /// The plan, as far as it goes.
  public let plan: Plan
  /// The derivations with wanted outputs that no cache was asked for.
  private let frontier: [StorePath]
  private let graph: DerivationGraph
  private let known: Set<StorePath>

  /// Plans `targets`. A derivation whose outputs no cache was asked for is not followed.
  ///
  /// - Parameters:
  ///   - graph: the derivations that the targets are made of.
  ///   - survey: the caches' answers.
  ///   - present: the paths that the store has already.
  ///   - policy: says which caches count, and what may be built.
  public init(
    of targets: [Target], unresolved: [UnresolvedTarget] = [], in graph: DerivationGraph,
    given survey: Survey, having present: Set<StorePath> = [], under policy: Policy, _ habit: HoleHabit
  ) {
    var planner = Planner(graph, survey, present, policy, habit)
    planner.follow(targets)
    plan = planner.plan(of: targets, unresolved)
    frontier = planner.frontier
    self.graph = graph
    known = present.union(survey.answers.keys)
  }

  /// The paths to ask the caches for next: the wanted outputs about which nothing is known. With `levels`, those of the
  /// inputs as well, so many levels down. They are needed where the caches lack the former, and each level that is
  /// asked for beforehand saves a wait.
  public func paths(ahead levels: Int) -> [StorePath] {
    var asked = plan.unasked
    var seen = Set(frontier)
    var level = frontier
    for _ in 0..<levels where !level.isEmpty {
      var next: [StorePath] = []
      for derivation in level {
        for (input, outputs) in graph.derivations[derivation]?.inputDerivations ?? [:] {
          guard let content = graph.derivations[input] else { continue }
          if graph.allowsSubstitutes(content) {
            asked += outputs.compactMap { content.outputs[$0] ?? nil }
          }
          if seen.insert(input).inserted { next.append(input) }
        }
      }
      level = next
    }
    return asked.filter { !known.contains($0) }.unique
  }
}

/// Goes through derivations as Nix does. First it tries to copy the outputs that are wanted. Only where one of them cannot
/// be copied, it goes on to the inputs, all of which it wants then.
///
/// Copies come before builds: Nix asks for a path long before a build could have made it. So what builds make counts only
/// where Nix tries again.
private struct Planner {
  private let graph: DerivationGraph
  private let survey: Survey
  private let policy: Policy
  private let habit: HoleHabit

  /// The references of all acceptable offers. A path that is there leads nowhere.
  private let references: ReferenceGraph
  /// Which of its paths can be brought by copies alone.
  private let canBeCopied: [Bool]
  /// The first path at or below each of its paths that no cache offers.
  private let hole: [Int?]

  /// The paths that are there from the beginning.
  private let present: Set<StorePath>
  private var copied: Set<StorePath> = []
  /// The paths that builds made so far.
  private var made: Set<StorePath> = []
  private var fetched: [Int] = []
  private var isTried: [Bool]
  private var built: [StorePath: Int] = [:]
  private var builds: [(derivation: StorePath, cause: Plan.Cause, neededBy: StorePath?)] = []
  private var spared: [StorePath] = []
  /// The outputs of each derivation that were wanted so far.
  private var wanted: [StorePath: Set<String>] = [:]
  private var unread: [StorePath] = []
  private var unasked: [StorePath] = []
  /// The derivations that they are outputs of.
  private(set) var frontier: [StorePath] = []

  /// One derivation on its way.
  private struct Visit {
    let derivation: StorePath
    let content: Derivation
    let neededBy: StorePath?
    let cause: Plan.Cause
    /// The outputs to be tried again when the inputs are there.
    let again: [StorePath]
  }

  private enum Step {
    case want(StorePath, outputs: [String], neededBy: StorePath?)
    case build(Visit)
  }

  init(
    _ graph: DerivationGraph, _ survey: Survey, _ present: Set<StorePath>, _ policy: Policy,
    _ habit: HoleHabit
  ) {
    self.graph = graph
    self.survey = survey
    self.present = present
    self.policy = policy
    self.habit = habit
    // In order, because the order decides which of two equally near holes is named.
    let references = ReferenceGraph(from: survey.answers.keys.sorted()) {
      present.contains($0) ? [] : survey.offer(of: $0, under: policy)?.info.narinfo.references ?? []
    }
    self.references = references
    let holes = references.paths.indices.filter { number in
      let path = references.paths[number]
      return !present.contains(path) && survey.offer(of: path, under: policy) == nil
    }
    // From the holes upwards, so that the first hole that is found for a path is the nearest.
    var hole = [Int?](repeating: nil, count: references.paths.count)
    for number in holes { hole[number] = number }
    if !holes.isEmpty {
      let users = references.reversed
      var seen = [Bool](repeating: false, count: hole.count)
      for member in users.walk(from: holes, sparing: &seen) {
        if let from = member.from { hole[member.number] = hole[from] }
      }
    }
    self.hole = hole
    canBeCopied = hole.map { $0 == nil }
    isTried = [Bool](repeating: false, count: hole.count)
  }

  // MARK: The walk

  /// On a stack of its own, because a graph may be as deep as its author likes.
  mutating func follow(_ targets: [Target]) {
    for target in targets {
      switch target.resolution {
      case .path(let path):
        if isKnown(path) { tryToCopy(path) } else { unasked.append(path) }
      case .derivation(let derivation, _, let outputs):
        var steps = [Step.want(derivation, outputs: outputs.map(\.name), neededBy: nil)]
        while let step = steps.popLast() {
          switch step {
          case .want(let derivation, let outputs, let user):
            guard let visit = want(derivation, outputs, user) else { continue }
            steps.append(.build(visit))
            for (input, outputs) in visit.content.inputDerivations.sorted(by: { $0.key > $1.key }) {
              steps.append(.want(input, outputs: outputs, neededBy: derivation))
            }
          case .build(let visit): build(visit)
          }
        }
      }
    }
  }

  /// Tries to copy outputs.
  ///
  /// - Returns: the derivation to be built; `nil` where it need not be, or where that is not known yet.
  private mutating func want(
    _ derivation: StorePath, _ outputs: [String], _ user: StorePath?
  ) -> Visit? {
    let isFirst = wanted[derivation] == nil
    let new = outputs.filter { wanted[derivation, default: []].insert($0).inserted }
    guard !new.isEmpty else { return nil }
    guard let content = graph.derivations[derivation] else {
      unread.append(derivation)
      return nil
    }
    var paths: [StorePath] = []
    var unknown: String?
    for name in new {
      switch content.outputs[name] {
      case .some(.some(let path)): if !present.contains(path) { paths.append(path) }
      case .some(nil): unknown = unknown ?? name
      case nil: break
      }
    }
    func visit(_ cause: Plan.Cause, again: [StorePath] = []) -> Visit {
      Visit(derivation: derivation, content: content, neededBy: user, cause: cause, again: again)
    }
    guard graph.allowsSubstitutes(content) else {
      return paths.isEmpty && unknown == nil ? nil : visit(.disallowed)
    }
    let unasked = paths.filter { !isKnown($0) }
    guard unasked.isEmpty else {
      self.unasked += unasked
      frontier.append(derivation)
      return nil
    }
    for path in paths { tryToCopy(path) }
    let failing = paths.filter { !isCopyable($0) }
    if let first = failing.first {
      let isOffered = failing.allSatisfy { survey.offer(of: $0, under: policy) != nil }
      let triesAgain = habit == .triesAgain && isOffered && unknown == nil
      return visit(cause(of: first), again: triesAgain ? failing : [])
    }
    if let unknown { return visit(.unknownPath(output: unknown)) }
    if isFirst { spared.append(derivation) }
    return nil
  }

  private mutating func build(_ visit: Visit) {
    guard built[visit.derivation] == nil else { return }
    if !visit.again.isEmpty, visit.again.allSatisfy({ tryAgain($0) }) {
      return spared.append(visit.derivation)
    }
    let paths = visit.content.outputs.values
    // Two derivations can fetch the same thing; the one that comes second finds it there.
    if paths.allSatisfy({ $0.map(made.contains) ?? false }) { return }
    built[visit.derivation] = builds.count
    builds.append((visit.derivation, visit.cause, visit.neededBy))
    for case let path? in paths { made.insert(path) }
  }

  /// Whether the caches were asked for `path`, or need not be.
  private func isKnown(_ path: StorePath) -> Bool {
    survey.answers[path] != nil || present.contains(path)
  }

  // MARK: Copies

  private func isCopyable(_ path: StorePath) -> Bool {
    present.contains(path) || references.number(of: path).map { canBeCopied[$0] } ?? false
  }

  /// Nix copies every path below `path` whose own references can be had, even if `path` cannot be copied then.
  private mutating func tryToCopy(_ path: StorePath) {
    guard let number = references.number(of: path) else { return }
    for member in references.walk(from: [number], sparing: &isTried) where canBeCopied[member.number] {
      take(member.number)
    }
  }

  /// The same when builds have made more.
  ///
  /// - Returns: whether `path` is there now.
  private mutating func tryAgain(_ path: StorePath) -> Bool {
    let (survey, policy) = (survey, policy)
    let there = { [present, copied, made] (path: StorePath) in
      present.contains(path) || copied.contains(path) || made.contains(path)
    }
    let below = ReferenceGraph(from: [path]) {
      there($0) ? [] : survey.offer(of: $0, under: policy)?.info.narinfo.references ?? []
    }
    let holes = below.paths.indices.filter {
      !there(below.paths[$0]) && survey.offer(of: below.paths[$0], under: policy) == nil
    }
    let leadsToHole = below.reversed.reach(of: holes)
    for (number, member) in below.paths.enumerated() where !leadsToHole[number] && !there(member) {
      if let known = references.number(of: member) { take(known) }
    }
    return !leadsToHole[0]
  }

  private mutating func take(_ number: Int) {
    let path = references.paths[number]
    guard !present.contains(path), copied.insert(path).inserted else { return }
    fetched.append(number)
  }

  private func cause(of path: StorePath) -> Plan.Cause {
    guard let number = references.number(of: path), let hole = hole[number], hole != number else {
      return .lack(Lack(of: path, neededBy: nil, in: survey, under: policy))
    }
    return .hole(
      output: path, Lack(of: references.paths[hole], neededBy: path, in: survey, under: policy))
  }

  // MARK: The plan

  func plan(of targets: [Target], _ unresolved: [UnresolvedTarget]) -> Plan {
    let fetches = fetched.compactMap { number -> Plan.Fetch? in
      let path = references.paths[number]
      guard let offer = survey.offer(of: path, under: policy) else { return nil }
      return Plan.Fetch(
        path: path, cache: offer.cache, download: offer.size ?? offer.info.narinfo.fileSize,
        narSize: offer.info.narinfo.narSize)
    }
    let weights = Weights(of: builds.map(\.derivation), built, for: targets, in: graph)
    return Plan(
      targets: targets.map { target in
        Plan.Target(
          installable: target.installable, derivation: target.derivation, outcome: outcome(of: target))
      },
      builds: builds.enumerated().map { index, build in
        Plan.Build(
          derivation: build.derivation, cause: build.cause,
          isAllowed: policy.allowsBuilding(build.derivation),
          isFetch: isFetch(build.derivation), isFirst: isFirst(build.derivation), neededBy: build.neededBy,
          needs: weights.needs[index], neededFor: weights.neededFor[index], targets: weights.targets[index])
      },
      fetches: fetches, spared: spared.filter { built[$0] == nil }.unique,
      lacks: targets.compactMap { target in
        guard case .path(let path) = target.resolution, isKnown(path), !isCopyable(path) else { return nil }
        return cause(of: path).lack
      }, unread: unread.unique, unasked: unasked.unique, unresolved: unresolved, caches: survey.caches)
  }

  private func isFetch(_ derivation: StorePath) -> Bool {
    graph.derivations[derivation]?.traits.fixedHash != nil
  }

  private func isFirst(_ derivation: StorePath) -> Bool {
    (graph.derivations[derivation]?.inputDerivations ?? [:]).keys.allSatisfy {
      built[$0] == nil || isFetch($0)
    }
  }

  private func outcome(of target: Target) -> Plan.Outcome {
    if let derivation = target.derivation, built[derivation] != nil { return .built }
    let paths = target.outputs.map(\.path)
    guard paths.allSatisfy({ present.contains($0) || copied.contains($0) }) else { return .lacking }
    return paths.allSatisfy(present.contains) ? .present : .fetched
  }
}

/// How the builds of a plan hang together.
private struct Weights {
  /// Of more builds than this only the direct ties are counted.
  private static let most = 1 << 14

  let needs: [Int]
  let neededFor: [Int]
  let targets: [Int]

  /// - Parameters:
  ///   - builds: each behind those that it needs.
  ///   - numbers: their places.
  init(
    of builds: [StorePath], _ numbers: [StorePath: Int], for targets: [Target], in graph: DerivationGraph
  ) {
    let inputs = builds.map { build in
      (graph.derivations[build]?.inputDerivations ?? [:]).keys.compactMap { numbers[$0] }
    }
    var users = [[Int]](repeating: [], count: builds.count)
    for (number, inputs) in inputs.enumerated() { for input in inputs { users[input].append(number) } }
    var roots = [Int](repeating: 0, count: builds.count)
    for target in targets {
      if let number = target.derivation.flatMap({ numbers[$0] }) { roots[number] += 1 }
    }
    guard builds.count <= Self.most else {
      needs = inputs.map(\.count)
      neededFor = users.map(\.count)
      self.targets = roots
      return
    }
    let below = Self.reach(inputs, [Int](builds.indices))
    let above = Self.reach(users, builds.indices.reversed())
    needs = below.map { $0.count - 1 }
    neededFor = above.map { $0.count - 1 }
    self.targets = above.map { $0.members.reduce(0) { $0 + roots[$1] } }
  }

  /// What each number leads to, itself included; `order` has each behind those that it leads to.
  private static func reach(_ next: [[Int]], _ order: [Int]) -> [Bits] {
    var found = [Bits](repeating: Bits(room: next.count), count: next.count)
    for number in order {
      var bits = Bits(room: next.count)
      bits.insert(number)
      for other in next[number] where other != number { bits.formUnion(found[other]) }
      found[number] = bits
    }
    return found
  }
}

/// A set of small numbers.
private struct Bits {
  private var words: [UInt64]

  init(room: Int) { words = [UInt64](repeating: 0, count: (room + 63) / 64) }

  mutating func insert(_ number: Int) { words[number / 64] |= 1 << UInt64(number % 64) }

  mutating func formUnion(_ other: Bits) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  var members: [Int] {
    words.indices.flatMap { index -> [Int] in
      var rest = words[index]
      var found: [Int] = []
      while rest != 0 {
        found.append(index * 64 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
      return found
    }
  }
}
