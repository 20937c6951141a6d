/// The closure of everything that the targets of a run need, as one graph, and which of its paths deserve a look.
///
/// Most targets of a run share most of their closures, and in most closures every path is as it must be. So each path is
/// looked at once, and a target's closure is followed only as far as it leads to a path that is not.
struct Needs {
  private let graph: ReferenceGraph
  private let isRemarkable: [Bool]
  /// Which paths are remarkable or lead to one that is.
  private let leadsToRemarkable: [Bool]

  /// - Parameter looksAtAll: whether every path counts as remarkable.
  init(of scopes: [Scope], in run: RunEvidence, looksAtAll: Bool) {
    let graph = ReferenceGraph(from: scopes.lazy.flatMap(\.roots)) {
      run.offer(of: $0)?.info.narinfo.references ?? []
    }
    let isRemarkable = graph.paths.map { looksAtAll || !run.isUnremarkable($0) }
    let remarkable = isRemarkable.indices.filter { isRemarkable[$0] }
    leadsToRemarkable = remarkable.isEmpty ? isRemarkable : graph.reversed.reach(of: remarkable)
    self.graph = graph
    self.isRemarkable = isRemarkable
  }

  /// Every path that a target needs.
  var paths: [StorePath] { graph.paths }

  /// The remarkable members of a target's closure, in the order in which they are found from its roots, and whether it
  /// has no others.
  ///
  /// Whatever leads to a path that is followed is followed as well. So the order, and the path that each was first needed
  /// by, are those of the whole closure.
  func members(of scope: Scope) -> (members: [Scope.Member], isWhole: Bool) {
    let roots = scope.roots.compactMap { graph.number(of: $0) }
    let followed = roots.filter { leadsToRemarkable[$0] }
    guard !followed.isEmpty else { return ([], roots.isEmpty) }
    var seen = leadsToRemarkable.map { !$0 }
    let found = graph.walk(from: followed, sparing: &seen)
    let isWhole =
      followed.count == roots.count
      && found.allSatisfy { member in
        isRemarkable[member.number] && graph.next(member.number).allSatisfy { leadsToRemarkable[$0] }
      }
    let members = found.lazy.filter { isRemarkable[$0.number] }.map { member in
      Scope.Member(path: graph.paths[member.number], neededBy: member.from.map { graph.paths[$0] })
    }
    return (Array(members), isWhole)
  }
}
