import ArgumentParser
import Building
import Clouds
import EvidenceStore
import Foundation
import Machine
import NixModel

struct BuilderReap: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reap",
    abstract: "Delete every machine of ours that is past its time or stands still.",
    discussion: """
      It goes by the tags at the provider and needs no record, so it is fit for a timer on any machine. It only \
      deletes what has the tag warmth and a tag expires-….
      """)

  @OptionGroup var provider: ProviderOptions
  @OptionGroup var evidence: EvidenceOptions

  func run() async throws {
    // Without a store of its own it leaves none behind.
    let store = try evidence.named.map { _ throws(Failure) in try evidence.openForRecording() }
    let cloud = try provider.open()
    let builder =
      store.map { Builder(cloud, $0, provider) }
      ?? Builder(cloud: cloud, ledger: .none, visibility: provider.visibility)
    let outcome: Result<[Builder.Reaped], any Error>
    do {
      outcome = .success(try await building { try await builder.reap(isAlive: RunnerFacts.isAlive) })
    } catch {
      outcome = .failure(error)
    }
    await cloud.shutdown()
    let reaped = try outcome.get()
    for build in reaped.compactMap(\.server.build) {
      // It may be the build of another store.
      guard let record = try store?.build(build), record.state == .gone else { continue }
      try store?.close(build, at: .now)
    }
    for one in reaped {
      let name = one.server.build?.text ?? one.server.id
      switch one.reason {
      case .some(let reason): Console.print("deleted \(name): \(reason.rawValue)\n")
      case .none:
        Console.say("warmth: \(name) has the tag warmth and none that says until when, so it was left alone")
      }
    }
  }
}
