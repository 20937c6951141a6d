import Machine

extension Interruption {
  /// Listens to signals from now on; a second one ends this process as inconclusive, or with another code.
  static func begun(
    exitingAtSecondSignalWith code: Int32? = ExitStatus.inconclusive.rawValue
  ) throws(Failure) -> Interruption {
    do { return try Interruption(exitingAtSecondSignalWith: code) } catch {
      throw Failure(.fault, "signals cannot be received: \(error)")
    }
  }
}
