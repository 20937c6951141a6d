public import NixModel

/// `forecast` for a person: the paths that can be had, their caches, and the obstacles of the others.
public struct ForecastText: Sendable {
  private let forecast: Forecast

  /// The text of `forecast`.
  public init(_ forecast: Forecast) { self.forecast = forecast }

  /// How many paths are named before the rest is counted.
  private static let namedPaths = 10
  private static let namedReferrers = 2

  /// The text, cut to `width` columns where a table needs it, ending with a newline.
  public func render(width: Int? = nil, style: Style = .plain) -> String {
    let parts =
      [summary(style), shares(width, style)] + lacks(style) + [dependents(style), unresolved(style)]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private func summary(_ style: Style) -> [String] {
    let sizes = forecast.sizes
    var all = sizes.nar
    all.add(saturating: sizes.lacking)
    let count = "\(forecast.available) of \(Words.count(forecast.paths, "path"))"
    var coverage = "\(count) (\(Quantity.percent(forecast.available, of: forecast.paths)))"
    if all > 0 {
      let unknown = sizes.unknown == 0 ? "" : ", \(sizes.unknown) of unknown size"
      coverage +=
        "; \(Quantity.bytes(sizes.nar)) of \(Quantity.bytes(all)) unpacked (\(Quantity.percent(sizes.nar, of: all)))\(unknown)"
    }
    let undeclared = sizes.undeclared == 0 ? "" : ", and \(sizes.undeclared) whose size no cache tells"
    return [
      "\(style.paint(forecast.answer.rawValue, forecast.answer.role))  \(style.paint(coverage, .strong))",
      "  to download: \(Quantity.bytes(sizes.download))\(undeclared)",
    ]
  }

  private func shares(_ width: Int?, _ style: Style) -> [String] {
    guard !forecast.caches.isEmpty else {
      return ["no substituters are configured, so nothing can be had; name one with --substituter URL"]
    }
    let table = Table(
      columns: [
        .init(title: "cache", minimum: 20, cut: .middle), .init(title: "offers", alignment: .right),
        .init(title: "paths", alignment: .right), .init(title: "unpacked", alignment: .right),
        .init(title: "taken", alignment: .right), .init(title: "download", alignment: .right),
        .init(title: "lacks", alignment: .right), .init(title: "faulty", alignment: .right),
        .init(title: "unanswered", alignment: .right),
      ],
      rows: forecast.caches.map(row))
    let notes = forecast.caches.compactMap { share -> String? in
      if case .open = share.cache.state { return nil }
      return "\(share.cache.url): \(Words.line(share.cache.state.phrase))"
    }
    return table.render(width: width, style: style) + notes.map { style.paint($0, .doubtful) }
  }

  private func row(_ share: CacheShare) -> [Table.Cell] {
    let name = "\(share.cache.url)\(share.isAccepted ? "" : " (not accepted)")"
    guard case .open = share.cache.state else {
      return [.init(name, .doubtful)] + Array(repeating: .init("-", .dim), count: 8)
    }
    func count(_ number: Int, _ role: Style.Role) -> Table.Cell {
      .init("\(number)", number > 0 ? role : .dim)
    }
    return [
      .init(name), "\(Quantity.percent(share.offered, of: forecast.paths))", "\(share.offered)",
      "\(Quantity.bytes(share.narBytes))", "\(share.chosen)", "\(Quantity.bytes(share.downloadBytes))",
      count(share.absent, .plain), count(share.faulty, .bad), count(share.unanswered, .doubtful),
    ]
  }

  private func lacks(_ style: Style) -> [[String]] {
    Dictionary(grouping: forecast.lacks, by: \.kind.word).sorted { $0.key < $1.key }.map { word, lacks in
      let role: Style.Role = lacks.contains(where: \.isCertain) ? .bad : .doubtful
      let head = "\(style.paint(word, role)): \(Words.count(lacks.count, "path"))"
      let named = lacks.prefix(Self.namedPaths).flatMap { lack -> [String] in
        ["  \(lack.path)\(lack.detail.map { "  \(style.paint(Words.line($0), .dim))" } ?? "")"]
          + (lack.referrers.isEmpty ? [] : ["    needed by \(referrers(of: lack))"])
      }
      let rest = lacks.count - min(lacks.count, Self.namedPaths)
      return [head] + named + (rest > 0 ? ["  and \(rest) more; --json names them all"] : [])
    }
  }

  private func referrers(of lack: Lack) -> String {
    let named = lack.referrers.prefix(Self.namedReferrers).map { String($0.name) }
    let rest = lack.referrers.count - named.count
    return Words.list(named + (rest > 0 ? ["\(rest) more"] : []))
  }

  private func dependents(_ style: Style) -> [String] {
    let others = forecast.affected - forecast.lacks.count
    guard others > 0 else { return [] }
    let lacking = Set(forecast.lacks.map(\.path))
    let roots = forecast.affectedRoots.filter { !lacking.contains($0) }
    let named = roots.prefix(Self.namedPaths).map { "  \($0)" }
    let rest = roots.count - named.count
    let head = "\(Words.count(others, "other path")) \(others == 1 ? "depends" : "depend") on these"
    return ["\(head)\(roots.isEmpty ? "" : ", among them:")"] + named
      + (rest > 0 ? ["  and \(rest) more of those asked about"] : [])
  }

  private func unresolved(_ style: Style) -> [String] {
    forecast.unresolved.flatMap { target in
      [
        "\(style.paint("not resolved", .doubtful)): \(Words.line(target.installable.description))",
        "  \(Words.ended(Words.line(target.error)))",
      ]
    }
  }
}

extension Lack {
  /// The details beside the kind; `nil` where there are none.
  var detail: String? {
    guard case .unanswered = kind, let cause else { return kind.detail }
    return kind.detail.map { "\($0): \(cause)" }
  }
}

extension Lack.Kind {
  /// The kind in a word or two, as text and documents group by it.
  var word: String {
    switch self {
    case .unanswered: "unanswered"
    case .notAsked: "not asked for"
    case .narMissing: "nar missing"
    case .untrusted: "untrusted"
    case .invalid: "invalid"
    case .refused: "refused"
    case .missing: "missing"
    }
  }

  /// The details beside the kind; `nil` where there are none.
  var detail: String? {
    switch self {
    case .unanswered(let caches): "no answer from \(Words.list(caches.map(\.description)))"
    case .notAsked:
      "a survey ends at \(Survey.mostPaths) paths, and at \(Survey.mostInARow) references in a row"
    case .narMissing(let cache, let file): "\(file) is not in \(cache)"
    case .untrusted(let cache, let signers):
      "\(cache) offers it, signed by \(Words.list(signers, ifEmpty: "nobody"))"
    case .invalid(let cache, let error): "\(cache): \(error)"
    case .refused(let cache, let status): "\(cache) does not let this runner ask (HTTP \(status))"
    case .missing: nil
    }
  }
}
