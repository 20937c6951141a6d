import GRDB
import NixModel

extension Recorder {
  func record(_ baseline: Baseline, _ seq: Int64) throws {
    let rows = try Table("baseline", ["run", "number", "listed"], db)
    switch baseline {
    case .row(let row): try rows.insert([seq, row, nil])
    case .listed(let paths): try rows.insert([seq, nil, paths])
    }
  }

  func record(_ heard: Heard<[StorePath: Presence]>, _ seq: Int64) throws {
    switch heard {
    case .notAsked: break
    case .unavailable(let cause): try silence("store before", cause, seq)
    case .said(let presences):
      let rows = try Table("presence_row", ["run", "path", "valid", "on_disk"], db)
      let valid = try Table("present_row", ["run", "path", "since", "number", "metadata", "ultimate"], db)
      for (path, presence) in try inOrder(presences) {
        try rows.insert([seq, path, presence.isValid, presence.isOnDisk])
        guard let entry = presence.entry else { continue }
        try valid.insert([
          seq, path, entry.arrival.word, entry.arrival.row, try metadata(of: path, entry.registration),
          entry.registration.isUltimate,
        ])
      }
      try index("presence_row", seq)
    }
  }
}

extension Presence.Arrival {
  fileprivate var word: String {
    switch self {
    case .before: "before"
    case .evaluation: "evaluation"
    }
  }

  /// What was recorded; `nil` where it cannot be.
  init?(word: String, row: Int64?) {
    switch word {
    case "before": self = .before(row: row)
    case "evaluation": self = .evaluation(row: row)
    default: return nil
    }
  }
}
