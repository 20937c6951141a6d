import Evidence
import NixModel

/// Makes tallies, once for all proofs that have the same entries.
final class TallyBook {
  private let library: Library
  private var known: [[Int64]: [Tally]] = [:]

  init(_ library: Library) { self.library = library }

  /// The tallies of a record; none for a publication or a proof without a conclusion.
  func tallies(of parts: [Library.Part]) throws -> [Tally] {
    guard parts.contains(where: { $0.kind == .conclusion }) else { return [] }
    let sources = parts.filter { Tally.sources.contains($0.kind) }
    let ids = sources.map(\.entry)
    let tallies: [Tally]
    if let same = known[ids] {
      tallies = same
    } else {
      var contents = Contents()
      try library.add(sources, to: &contents)
      tallies = try Tally.tallies(of: contents)
      if known.count > 10_000 { known.removeAll() }
      known[ids] = tallies
    }
    var log = Contents()
    try library.add(parts.filter { $0.kind == .log }, to: &log)
    return Tally.adding(try log.timeTaken()?.copying ?? [:], to: tallies)
  }
}
