/// The paths that depend on lacking ones.
struct Dependents {
  /// The known paths that refer to each lacking one, in the order in which they were found.
  private(set) var referrers: [StorePath: [StorePath]] = [:]
  /// The lacking paths, and all that depend on them, directly or not.
  private(set) var affected: Set<StorePath>

  init(on lacking: [StorePath], among paths: [StorePath], in survey: Survey, under policy: Policy) {
    let isLacking = Set(lacking)
    affected = isLacking
    guard !lacking.isEmpty else { return }
    var users: [StorePath: [StorePath]] = [:]
    for path in paths {
      guard let offer = survey.offer(of: path, under: policy) else { continue }
      for reference in offer.info.narinfo.references where reference != path {
        users[reference, default: []].append(path)
      }
    }
    referrers = users.filter { isLacking.contains($0.key) }
    var waiting = lacking
    while let path = waiting.popLast() {
      for user in users[path] ?? [] where affected.insert(user).inserted { waiting.append(user) }
    }
  }
}
