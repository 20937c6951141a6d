public import NixModel

extension Reason {
  /// One sentence for a person about the fact, with its path, its cache and its line of the run's log.
  public var message: String { Words.printable(fact.account.sentence) }

  /// The next step, with a command where there is one.
  public var remedy: String { remedy(for: [], in: PublishingPlaces()) }

  /// The next step, with a command where there is one.
  ///
  /// - Parameters:
  ///   - targets: the targets that the reason keeps from being warm.
  ///   - places: where caches can be written to, as far as that is known.
  public func remedy(for targets: [Installable], in places: PublishingPlaces) -> String {
    Words.printable(fact.account.next(Advice(targets: targets, places: places)))
  }

  /// The path that it is about; its sentence where it is about none.
  var subject: String { path?.description ?? Words.line(message) }
}
