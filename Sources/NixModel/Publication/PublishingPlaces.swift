/// Where caches can be written to, as far as publications say: the address that Nix reads from is seldom one.
public struct PublishingPlaces: Hashable, Sendable {
  private let byReadSide: [SubstituterURL: PublicationDestination]

  /// The places of publications.
  ///
  /// - Parameter destinations: where they went to, the latest first.
  public init(_ destinations: [PublicationDestination] = []) {
    byReadSide = Dictionary(
      destinations.compactMap { destination in destination.readSide.map { ($0, destination) } }
    ) { first, _ in first }
  }

  /// The destination of the latest publication that is read at `cache`.
  public func destination(of cache: String) -> PublicationDestination? {
    (try? SubstituterURL(parsing: cache)).flatMap { byReadSide[$0] }
  }
}
