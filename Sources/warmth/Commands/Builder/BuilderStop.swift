import ArgumentParser
import Building
import Clouds
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct BuilderStop: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Delete a machine, whatever it does.")

  @OptionGroup var choice: BuildChoice
  @OptionGroup var provider: ProviderOptions

  func run() async throws {
    let (record, store) = try choice.open()
    guard record.state.mayHaveMachine else { return try store.tell(record, asJSON: false) }
    let cloud = try provider.open()
    let builder = Builder(cloud, store, provider)
    let outcome: Result<BuildRecord, any Error>
    do { outcome = .success(try await building { try await builder.remove(record, .asked) }) } catch {
      outcome = .failure(error)
    }
    await cloud.shutdown()
    try store.tell(try outcome.get(), asJSON: false)
  }
}
