extension Testimony {
  /// The testimony of a run that was cut off: the whole record, with that ending.
  public var cutOff: Testimony {
    var other = self
    other.log = log.ending(.interrupted)
    return other
  }

  /// The target that another run's target is to be compared with: the same installable, else the same
  /// attribute of another reference, such as a newer nixpkgs.
  public func target(like other: Target) -> Target? {
    targets.first { $0.installable == other.installable }
      ?? targets.first {
        $0.installable.attribute != nil && $0.installable.attribute == other.installable.attribute
      }
  }

  /// The paths and derivations of the run that `text` names: the whole path; a name with or without its
  /// hash; or a target, which means its outputs.
  public func pathsNamed(_ text: String) -> [StorePath] {
    if let path = try? StorePath(parsing: text) { return [path] }
    let targets = targets.filter { $0.installable.isNamed(text) }.flatMap(\.outputs).map(\.path)
    if !targets.isEmpty { return targets }
    var known = Set(survey.answers.keys)
    known.formUnion(graph.producers.keys)
    known.formUnion(graph.derivations.keys)
    known.formUnion((after.value ?? [:]).keys)
    let exact = known.filter { $0.name == text || $0.baseName == text || $0.hashPart == text }
    return (exact.isEmpty ? known.filter { $0.name.contains(text) } : exact).sorted()
  }
}
