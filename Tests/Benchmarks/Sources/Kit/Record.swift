import ArgumentParser
import EvidenceStore
import NixModel

/// Records warm runs one after the other, each as `prove` does: every testimony is on disk before the next.
struct Record: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Record runs one by one, durably; prints the seconds that each took.")

  @Argument(help: "The store to make or add to.")
  var file: String

  @Option(help: "How many runs.")
  var runs = 50

  @Option(help: "How many paths each run is about.")
  var paths = 40

  func run() throws {
    let store = try EvidenceStore(creatingAt: file)
    var signatures = Signatures()
    let history = NixpkgsHistory(changesAll: false)
    let warm = (0...).lazy.map { Happening(number: $0, bump: 300, letter: "r") }.filter { $0.kind == .warm }
    var scripts: [String: Script] = [:]
    let clock = ContinuousClock()
    for happening in warm.prefix(runs) {
      let script =
        try scripts[happening.lane.name] ?? Script(happening, in: history, paths: paths, &signatures)
      scripts[happening.lane.name] = script
      let (depositions, conclusion) = script.testimony(of: happening)
      let took = try clock.measure {
        try store.begin(happening.start)
        for together in depositions { try store.record(together, for: happening.id) }
        if let conclusion { try store.conclude(happening.id, conclusion) }
      }
      print(took / .seconds(1))
    }
  }
}
