public import NixModel

/// `forecast --json`: the paths that can be had, and the obstacles of the others.
public struct ForecastDocument: Document {
  private let schema = "warmth/forecast/v1"
  private let answer: Answer
  private let paths: Int
  private let available: Int
  private let missing: [String]
  private let untrusted: [String]
  private let narMissing: [String]
  private let invalid: [String]
  private let refused: [String]
  private let unreachable: [String]
  private let downloadBytes: UInt64
  private let narBytes: UInt64
  private let lackingNarBytes: UInt64
  private let affected: Affected
  private let lacks: [LackEntry]
  private let substituters: [Share]
  private let unresolved: [Unresolved]

  /// The document of `forecast`.
  public init(_ forecast: Forecast) {
    func named(_ word: String) -> [String] {
      forecast.lacks.filter { $0.kind.word == word }.map(\.path.description)
    }
    answer = forecast.answer
    paths = forecast.paths
    available = forecast.available
    missing = named("missing")
    untrusted = named("untrusted")
    narMissing = named("nar missing")
    invalid = named("invalid")
    refused = named("refused")
    unreachable = named("unanswered")
    downloadBytes = forecast.sizes.download
    narBytes = forecast.sizes.nar
    lackingNarBytes = forecast.sizes.lacking
    affected = Affected(paths: forecast.affected, roots: forecast.affectedRoots.map(\.description))
    lacks = forecast.lacks.map(LackEntry.init)
    substituters = forecast.caches.map(Share.init)
    unresolved = forecast.unresolved.map {
      Unresolved(installable: Words.line($0.installable.description), error: Words.line($0.error))
    }
  }

  private struct Affected: Encodable {
    let paths: Int
    let roots: [String]
  }

  private struct LackEntry: Encodable {
    let path: String
    let kind: String
    @OrNull var detail: String?
    let neededBy: [String]

    init(_ lack: Lack) {
      path = lack.path.description
      kind = lack.kind.word.replacing(" ", with: "-")
      detail = lack.detail.map(Words.line)
      neededBy = lack.referrers.map(\.description)
    }
  }

  private struct Share: Encodable {
    let url: String
    let state: String
    let accepted: Bool
    let offered: Int
    let narBytes: UInt64
    let taken: Int
    let downloadBytes: UInt64
    let absent: Int
    let faulty: Int
    let unanswered: Int

    init(_ share: CacheShare) {
      url = share.cache.url.canonical
      state = Words.line(share.cache.state.phrase)
      accepted = share.isAccepted
      offered = share.offered
      narBytes = share.narBytes
      taken = share.chosen
      downloadBytes = share.downloadBytes
      absent = share.absent
      faulty = share.faulty
      unanswered = share.unanswered
    }
  }

  private struct Unresolved: Encodable {
    let installable: String
    let error: String
  }
}
