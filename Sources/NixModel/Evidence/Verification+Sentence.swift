extension Verification.Defect: CustomStringConvertible {
  /// Its meaning, as a clause without a full stop.
  public var description: String {
    switch self {
    case .linkChanged(let link): "link \(link) of the chain was changed or moved"
    case .linksRemoved(let links):
      links.count == 1
        ? "link \(links.lowerBound) of the chain was removed"
        : "links \(links.lowerBound) to \(links.upperBound) of the chain were removed"
    case .endRemoved(let last, let count):
      count > last
        ? "the end of the chain was removed: it had \(count) links and ends with link \(last)"
        : "the chain ends with link \(last), and was sealed with \(count)"
    case .runChanged(let run, let link):
      "run \(run) was changed after it was recorded (link \(link)), or what it shares with other runs was"
    case .runInserted(let run): "run \(run) was inserted: no link of the chain is about it"
    case .runRemoved(let number, let link): "run number \(number) was removed (link \(link))"
    case .runReturned(let run, let link):
      "run \(run) is there although it was dropped (link \(link))"
    case .strayRows(let table, let count):
      "\(count) row\(count == 1 ? "" : "s") of '\(table)' belong\(count == 1 ? "s" : "") to no run"
    case .strayEntries(let dictionary, let count):
      "\(count) entr\(count == 1 ? "y" : "ies") of '\(dictionary)' \(count == 1 ? "is" : "are") used by no run"
    case .indexChanged(let table, let count):
      "'\(table)' does not say what the runs say, in \(count) place\(count == 1 ? "" : "s")"
    case .schemaChanged(let name): "'\(name)' is not as in the schema of an evidence store"
    case .damaged(let words): "the database is damaged: \(words)"
    case .headMissing(let digest): "the chain has no link with the digest \(digest)"
    case .unsigned(let run): "run \(run) carries no valid signature of a trusted key"
    }
  }
}
