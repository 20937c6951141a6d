extension Runner {
  /// Whether two runs could have been made by one and the same runner. When in doubt they were.
  ///
  /// A pod is a runner, wherever it runs: it begins with an empty store. Two pods are one where they have one
  /// name, which a stateful set gives again. Without pods, one host name is one runner, booted again or not, and
  /// so is one boot under several host names, which containers and their users choose freely.
  public func couldBe(_ other: Runner) -> Bool {
    if let pod, let otherPod = other.pod { return pod == otherPod }
    return host == other.host || !bootID.isEmpty && bootID == other.bootID
  }
}
