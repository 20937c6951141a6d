/// Every copied path of the target came from a cache that the gate accepts, by Nix's log.
struct FromAcceptedCaches: GateRule {
  func finding(in gated: GatedRun) -> GateFinding? {
    let accepted = gated.policy.acceptedCaches
    guard !accepted.isEmpty else { return nil }
    let paths = (gated.proof?.paths ?? []).filter(\.came)
    var foreign: [(path: StorePath, from: String)] = []
    var unknown: [StorePath] = []
    for path in paths {
      guard let from = path.copiedFrom else {
        unknown.append(path.path)
        continue
      }
      if accepted.contains(where: { $0.isPrinted(as: from) }) { continue }
      foreign.append((path.path, (try? SubstituterURL(parsing: from))?.canonical ?? Redaction.redact(from)))
    }
    if let first = foreign.min(by: { $0.path < $1.path }) {
      return .fromElsewhere(first.path, from: first.from, others: foreign.count - 1)
    }
    if let first = unknown.min() { return .originUnknown(first, others: unknown.count - 1) }
    return paths.isEmpty ? .nothingCopied(.caches) : .fromAccepted(paths: paths.count)
  }
}
