public import NixModel

/// `audit sweep` of publications: each shard with the publication that speaks for it, and whether all is published.
public struct PublicationSweepText: Sendable {
  private let sweep: PublicationSweep

  /// The text of a sweep.
  public init(_ sweep: PublicationSweep) { self.sweep = sweep }

  /// The text, ending with a newline.
  public func render(style: Style = .plain) -> String {
    let width = PublicationState.interrupted.rawValue.count
    var lines = sweep.shards.map { shard in
      let state = shard.head?.state
      let word = style.paint((state?.rawValue ?? "missing").padded(to: width), state?.role ?? .doubtful)
      let name = shard.head.map { "  \(style.paint("publication \(Words.line($0.id.text))", .dim))" } ?? ""
      return "\(word)  shard \(shard.index), \(Words.count(shard.targets, "target"))\(name)"
    }
    lines.append(summary(style))
    if sweep.plan == nil {
      lines.append("  its publications are parts of different lists; give each sweep a name of its own")
    }
    if sweep.isOfAnotherList {
      lines.append(
        "  the targets of its shards, put together, are not the list that they are said to be parts of")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `sweep nightly: published; 3 of 3 shards`, without a newline. Publications prove nothing.
  public func summary(_ style: Style = .plain) -> String {
    let (word, role): (String, Style.Role) =
      switch sweep.answer {
      case .yes: ("published", .good)
      case .no: ("not published", .bad)
      case .unknown: ("unknown", .doubtful)
      }
    let done = sweep.shards.count { $0.head?.exitCode == 0 }
    return
      "sweep \(sweep.sweep): \(style.paint(word, role)); \(done) of \(Words.count(sweep.shards.count, "shard"))"
  }
}
