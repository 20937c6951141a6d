/// 2. The run held no means of writing to a cache.
struct NoMeansOfWriting: Condition {
  func reasons(in one: Case) -> [Reason] {
    one.testimony.environment.meansOfWriting.filter(\.countsAsWriting)
      .map { Reason(.writeTokenPresent($0), .inconclusive) }
  }
}
