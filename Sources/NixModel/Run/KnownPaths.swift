import Foundation

/// The paths that a survey has heard of, each kept once in memory however many refer to it: in a closure of
/// 100,000 paths there are two million references.
public struct KnownPaths: Sendable {
  /// By the first half of the hash, which hardly two paths share.
  private var paths: [Key: StorePath] = [:]
  /// Those whose half is that of another path.
  private var others: Set<StorePath> = []
  /// Those first heard of since this was last emptied.
  public var news: [StorePath] = []

  /// Sixteen digits of a hash as they are spelled.
  private struct Key: Hashable {
    private let first, second: UInt64

    /// `nil` for a name that is too short for a path.
    init?(_ baseName: UnsafeBufferPointer<UInt8>) {
      let bytes = UnsafeRawBufferPointer(baseName)
      guard bytes.count >= StorePath.hashLength else { return nil }
      first = bytes.loadUnaligned(as: UInt64.self)
      second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    }

    init?(_ path: StorePath) {
      guard let key = path.withBaseNameBytes({ Key($0) }) else { return nil }
      self = key
    }
  }

  /// Knows `paths`, none of which is news.
  public init(_ paths: [StorePath]) {
    for path in paths { _ = shared(path) }
    news = []
  }

  /// The path in `directory` that is called `baseName`, where it is known.
  public func path(named baseName: UnsafeBufferPointer<UInt8>, in directory: StoreDirectory) -> StorePath? {
    guard let key = Key(baseName), let path = paths[key], path.directory == directory,
      path.withBaseNameBytes({ $0.count == baseName.count && areEqual($0, baseName) })
    else { return nil }
    return path
  }

  private func areEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = left.baseAddress, let second = right.baseAddress else { return left.isEmpty }
    return memcmp(first, second, left.count) == 0
  }

  /// The path that is kept for `path`, and equal to it.
  mutating func shared(_ path: StorePath) -> StorePath {
    if let key = Key(path) {
      guard let known = paths[key] else {
        paths[key] = path
        news.append(path)
        return path
      }
      if known == path { return known }
    }
    let (isNew, member) = others.insert(path)
    if isNew { news.append(member) }
    return member
  }
}

extension Survey.Answer {
  /// The same answer, with its references kept once. References of untrusted offers are not followed, and so are no
  /// news.
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
  /// The same, with its references kept once. The verified values do not change, so they stay verified.
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
