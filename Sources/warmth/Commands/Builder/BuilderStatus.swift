import ArgumentParser
import Building
import Clouds
import EvidenceStore
import Foundation
import Machine
import NixModel
import Reporting

struct BuilderStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Tell what became of a build, and look at its provider where there may be a machine.",
    discussion: "Without a key of the provider it tells what is recorded.")

  @OptionGroup var choice: BuildChoice
  @OptionGroup var provider: ProviderOptions

  @Flag(help: "Tell what is recorded, and ask nobody.")
  var recorded = false

  @Flag(help: "Print the record as one JSON document.")
  var json = false

  func run() async throws {
    if recorded {
      let record = try choice.record(in: try choice.evidence.openForReading())
      return Console.print(
        json ? try BuildDocument(record, at: .now).json() : BuildText(record, at: .now).render())
    }
    let (record, store) = try choice.open()
    guard record.state.mayHaveMachine else { return try store.tell(record, asJSON: json) }
    let cloud = try provider.open()
    let builder = Builder(cloud, store, provider)
    let outcome: Result<BuildRecord, any Error>
    do {
      outcome = .success(
        try await building { try await builder.looked(at: record, isAlive: RunnerFacts.isAlive) })
    } catch { outcome = .failure(error) }
    await cloud.shutdown()
    try store.tell(try outcome.get(), asJSON: json)
  }
}
