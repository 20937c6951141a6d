/// The paths that a survey has heard of, each kept once in memory however many refer to it: in a closure of
/// 100,000 paths there are two million references.
public struct KnownPaths: Sendable {
  private var paths: Set<StorePath>
  /// Those first heard of since this was last emptied.
  public var news: [StorePath] = []

  /// Knows `paths`, none of which is news.
  public init(_ paths: [StorePath]) { self.paths = Set(paths) }

  /// The path that is kept for `path`, and equal to it.
  mutating func shared(_ path: StorePath) -> StorePath {
    let (isNew, member) = paths.insert(path)
    if isNew { news.append(member) }
    return member
  }
}

extension Survey.Answer {
  /// The same answer, with its references kept once. References of offers that nobody vouches for are not
  /// followed, and so are no news.
  public func sharingPaths(in known: inout KnownPaths) -> Survey.Answer {
    guard case .offered(let offer, let nar) = kind else { return self }
    return Survey.Answer(cache: cache, kind: .offered(offer.sharingPaths(in: &known), nar: nar))
  }

  /// Whether it is a trusted offer.
  public var isOffer: Bool {
    switch kind {
    case .offered: true
    case .untrusted, .absent, .refused, .invalid, .failed: false
    }
  }
}

extension VerifiedNarinfo {
  /// The same, with its references kept once: what was verified is not changed by it.
  func sharingPaths(in known: inout KnownPaths) -> VerifiedNarinfo {
    VerifiedNarinfo(unchanged: narinfo.sharingPaths(in: &known), authority: authority)
  }
}

extension Narinfo {
  fileprivate func sharingPaths(in known: inout KnownPaths) -> Narinfo {
    Narinfo(
      path: known.shared(path), url: url, compression: compression, fileSize: fileSize, narHash: narHash,
      narSize: narSize, references: references.map { known.shared($0) }, deriver: deriver,
      signatures: signatures, contentAddress: contentAddress)
  }
}
