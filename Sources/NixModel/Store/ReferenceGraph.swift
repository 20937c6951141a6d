/// Paths that lead to one another, numbered once, so that each of thousands of roots can be followed without a look at
/// a path's name.
package struct ReferenceGraph: Sendable {
  /// Every path that the roots lead to, the roots included, in the order in which they are found.
  package let paths: [StorePath]
  private let numbers: [StorePath: Int]
  /// The next ones of path `n` are `arrows[starts[n]..<starts[n + 1]]`.
  private let starts: [Int]
  private let arrows: [Int]

  /// A path and the one through which it was found; `nil` for a root.
  typealias Member = (number: Int, from: Int?)

  /// - Parameter next: the paths that one leads to; asked once for each.
  package init<Next: Sequence<StorePath>>(from roots: some Sequence<StorePath>, _ next: (StorePath) -> Next) {
    var paths: [StorePath] = []
    var numbers: [StorePath: Int] = [:]
    func number(of path: StorePath) -> Int {
      if let known = numbers[path] { return known }
      numbers[path] = paths.count
      paths.append(path)
      return paths.count - 1
    }
    for root in roots { _ = number(of: root) }
    var starts = [0]
    var arrows: [Int] = []
    while starts.count <= paths.count {
      for path in next(paths[starts.count - 1]) { arrows.append(number(of: path)) }
      starts.append(arrows.count)
    }
    self.paths = paths
    self.numbers = numbers
    self.starts = starts
    self.arrows = arrows
  }

  private init(paths: [StorePath], numbers: [StorePath: Int], starts: [Int], arrows: [Int]) {
    self.paths = paths
    self.numbers = numbers
    self.starts = starts
    self.arrows = arrows
  }

  /// The number of `path`: its place in ``paths``. `nil` where no root leads to it.
  func number(of path: StorePath) -> Int? { numbers[path] }

  /// The numbers that number `number` leads to.
  func next(_ number: Int) -> ArraySlice<Int> { arrows[starts[number]..<starts[number + 1]] }

  /// The same graph with every arrow turned round.
  var reversed: ReferenceGraph {
    var starts = [Int](repeating: 0, count: paths.count + 1)
    for target in arrows { starts[target + 1] += 1 }
    for number in paths.indices { starts[number + 1] += starts[number] }
    var free = starts
    var turned = [Int](repeating: 0, count: arrows.count)
    for number in paths.indices {
      for target in next(number) {
        turned[free[target]] = number
        free[target] += 1
      }
    }
    return ReferenceGraph(paths: paths, numbers: numbers, starts: starts, arrows: turned)
  }

  /// Everything that `roots` lead to, the roots included and each once, nearest first.
  ///
  /// - Parameter seen: marks what is left out, and is marked with what is found. A path that is left out is not
  ///   followed either.
  func walk(from roots: some Sequence<Int>, sparing seen: inout [Bool]) -> [Member] {
    var found: [Member] = []
    for root in roots where !seen[root] {
      seen[root] = true
      found.append((root, nil))
    }
    var position = 0
    while position < found.count {
      let here = found[position].number
      position += 1
      for number in next(here) where !seen[number] {
        seen[number] = true
        found.append((number, here))
      }
    }
    return found
  }

  /// Marks the numbers that `roots` lead to, the roots included.
  func reach(of roots: some Sequence<Int>) -> [Bool] {
    var seen = [Bool](repeating: false, count: paths.count)
    _ = walk(from: roots, sparing: &seen)
    return seen
  }
}
