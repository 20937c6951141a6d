import ArgumentParser
import Building
import Clouds
import EvidenceStore
import Foundation
import Machine
import NixModel
import Reporting

struct BuilderWait: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait",
    abstract: "Wait until a machine has done its work and is deleted, and exit as its build did.",
    discussion:
      "It deletes the machine: after a success at once, after a failure when the machine has stood still.")

  @OptionGroup var choice: BuildChoice
  @OptionGroup var provider: ProviderOptions
  @OptionGroup var watch: WatchOptions
  @OptionGroup var proof: ProofElsewhereOptions

  @Flag(help: "Print the record as one JSON document.")
  var json = false

  func run() async throws {
    let interruption = try Interruption.begun()
    let (chosen, store) = try choice.open()
    try proof.check(for: chosen.start.order)
    var record = chosen
    if record.state != .gone {
      let cloud = try provider.open()
      let builder = Builder(cloud, store, provider)
      let outcome: Result<BuildRecord, any Error>
      do {
        outcome = .success(
          try await building {
            try await interruption.watch(limit: nil) { [self] in
              guard let open = try await builder.found(chosen, isAlive: RunnerFacts.isAlive) else {
                return try choice.record(in: store)
              }
              return try await builder.wait(for: open, by: watch)
            }
          })
      } catch { outcome = .failure(error) }
      await cloud.shutdown()
      record = try outcome.get()
    }
    record = try await proof.look(at: record, in: store, choice.evidence)
    try store.tell(record, asJSON: json)
    throw record.status
  }
}
