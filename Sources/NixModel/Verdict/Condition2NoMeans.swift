/// 2. The run held no means of writing that decides, and nothing that it held is disputed by the server.
struct NoMeansOfWriting: Condition {
  func reasons(in one: Case) -> [Reason] {
    let means = one.testimony.environment.meansOfWriting
    let writing = means.filter { $0.standing(under: one.policy) == .decides }.map {
      Reason(.writeTokenPresent($0), .inconclusive)
    }
    let disputed = means.filter { ($0.probes ?? []).contains(where: \.isDisputed) }
    return writing + disputed.map { Reason(.claimDisputed($0), .inconclusive) }
  }
}
