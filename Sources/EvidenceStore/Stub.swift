public import NixModel
public struct EvidenceError: Error {}
public struct EvidenceStore: Sendable {
  public init(creatingAt path: String) throws(EvidenceError) {}
  public init(reading path: String, isAlive: @escaping @Sendable (Runner) -> Bool = { _ in false }) throws(EvidenceError) {}
  public func begin(_ start: RunStart) throws(EvidenceError) {}
  public func record(_ d: Deposition, for run: RunID) throws(EvidenceError) {}
  public func conclude(_ run: RunID, _ conclusion: Conclusion) throws(EvidenceError) {}
  public func runs(limit: Int) throws(EvidenceError) -> [Run] { [] }
  public func run(_ id: RunID) throws(EvidenceError) -> Run? { nil }
  public func latestRun() throws(EvidenceError) -> Run? { nil }
  public func latestRun(about target: String) throws(EvidenceError) -> Run? { nil }
}
