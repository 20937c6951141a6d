import ArgumentParser
import Building
import EvidenceStore
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
    var record: BuildRecord
    if recorded {
      record = try choice.record(in: try choice.evidence.openForReading())
    } else {
      let (chosen, store) = try choice.open()
      record = chosen
      if record.state.mayHaveMachine {
        let cloud = try provider.open()
        let builder = Builder(cloud, store)
        do { record = try await building { try await builder.looked(at: record, isAlive: RunnerFacts.isAlive) } } catch {
          await cloud.shutdown()
          throw error
        }
        await cloud.shutdown()
      }
    }
    Console.print(json ? try BuildDocument(record, at: .now).json() : BuildText(record, at: .now).render())
  }
}
