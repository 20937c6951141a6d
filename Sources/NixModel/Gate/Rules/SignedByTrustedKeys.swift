/// Every copied path is signed by a key that the gate trusts, or is content-addressed. The registered
/// signatures are verified again, without regard to the keys that the run trusted.
struct SignedByTrustedKeys: GateRule {
  func finding(in gated: GatedRun) -> GateFinding? {
    guard !gated.policy.trustedKeys.isEmpty else { return nil }
    let trusted = TrustedKeys(gated.policy.trustedKeys)
    let paths = (gated.proof?.paths ?? []).filter(\.came)
    var foreign: [(path: StorePath, signers: [String])] = []
    var unknown: [StorePath] = []
    for path in paths {
      guard let registration = path.registration else {
        unknown.append(path.path)
        continue
      }
      if registration.authority(of: path.path, trusting: trusted) == nil {
        foreign.append((path.path, registration.signatures.map(\.keyName).unique))
      }
    }
    if let first = foreign.min(by: { $0.path < $1.path }) {
      return .notVouchedFor(first.path, signers: first.signers, others: foreign.count - 1)
    }
    if let first = unknown.min() { return .notRegistered(first, others: unknown.count - 1) }
    return paths.isEmpty ? .nothingCopied(.keys) : .vouchedFor(paths: paths.count)
  }
}
