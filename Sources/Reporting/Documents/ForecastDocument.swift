public import NixModel

/// `forecast --json`: the paths that can be had, and the obstacles of the others.
public struct ForecastDocument: Document {
  private let value: Value

  /// The document of `forecast`.
  public init(_ forecast: Forecast) {
    func named(_ word: String) -> Value {
      .texts(forecast.lacks.filter { $0.kind.word == word }.map(\.path.description))
    }
    value = .object([
      "schema": .text("warmth/forecast/v1"),
      "answer": .text(forecast.answer.rawValue),
      "paths": .number(forecast.paths),
      "available": .number(forecast.available),
      "missing": named("missing"),
      "untrusted": named("untrusted"),
      "narMissing": named("nar missing"),
      "invalid": named("invalid"),
      "refused": named("refused"),
      "unreachable": named("unanswered"),
      "downloadBytes": .bytes(forecast.sizes.download),
      "narBytes": .bytes(forecast.sizes.nar),
      "lackingNarBytes": .bytes(forecast.sizes.lacking),
      "affected": .object([
        "paths": .number(forecast.affected), "roots": .texts(forecast.affectedRoots.map(\.description)),
      ]),
      "lacks": .list(forecast.lacks, lackColumns),
      "substituters": .list(forecast.caches, shareColumns),
      "unresolved": .list(forecast.unresolved, unresolvedColumns),
    ])
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

private let lackColumns: [Column<Lack>] = [
  .json("path") { .text($0.path.description) },
  .json("kind") { .text($0.kind.word.replacing(" ", with: "-")) },
  .json("detail") { .text($0.detail) },
  .json("neededBy") { .texts($0.referrers.map(\.description)) },
]

private let shareColumns: [Column<CacheShare>] = [
  .json("url") { .text($0.cache.url.canonical) },
  .json("state") { .text($0.cache.state.phrase) },
  .json("accepted") { .flag($0.isAccepted) },
  .json("offered") { .number($0.offered) },
  .json("narBytes") { .bytes($0.narBytes) },
  .json("taken") { .number($0.chosen) },
  .json("downloadBytes") { .bytes($0.downloadBytes) },
  .json("absent") { .number($0.absent) },
  .json("faulty") { .number($0.faulty) },
  .json("unanswered") { .number($0.unanswered) },
]

private let unresolvedColumns: [Column<UnresolvedTarget>] = [
  .json("installable") { .text($0.installable.description) }, .json("error") { .text($0.error) },
]
