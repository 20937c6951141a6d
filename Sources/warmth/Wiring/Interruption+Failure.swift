import Machine

extension Interruption {
  /// Listens to signals from now on; a second one ends this process as inconclusive.
  static func begun() throws(Failure) -> Interruption {
    do { return try Interruption(exitingAtSecondSignalWith: ExitStatus.inconclusive.rawValue) } catch {
      throw Failure(.fault, "signals cannot be received: \(error)")
    }
  }
}
