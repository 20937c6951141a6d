import ArgumentParser
import Building
import Clouds
import EvidenceStore
import Machine
import NixModel
import Synchronization

struct BuilderLogs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs",
    abstract: "Print a machine's journal, over an ssh tunnel that knows the machine's key.",
    discussion: "The last line on standard error has the place after which --after goes on.")

  @OptionGroup var choice: BuildChoice
  @OptionGroup var watch: WatchOptions

  @Flag(help: "Go on with what is written; a connection that breaks is made again.")
  var follow = false

  @Option(help: ArgumentHelp("Begin after this place, which an earlier call printed.", valueName: "cursor"))
  var after: String?

  func validate() throws {
    if let after, after.wholeMatch(of: /[A-Za-z0-9=;_-]+/) == nil {
      throw ValidationError("--after takes a cursor of the journal: letters, digits, '=', ';'.")
    }
  }

  /// How often a connection that breaks is made again before it is given up.
  private static let tries = 20

  func run() async throws {
    let interruption = try Interruption.begun()
    let store = try choice.evidence.openForReading()
    let record = try choice.record(in: store)
    guard let journal = watch.journal(of: record) else {
      throw Failure(
        .inconclusive,
        "the machine of \(record.start.id) has no address yet, or no more; `warmth builder status` tells its state"
      )
    }
    let place = Mutex(after)
    do {
      try await building {
        try await interruption.watch(limit: nil) { [follow] in
          var failures = 0
          while true {
            let before = place.withLock { $0 }
            do {
              try await journal.read(after: before, follows: follow) { entry in
                place.withLock { $0 = entry.cursor ?? $0 }
                Console.print("\(entry.source): \(entry.message.plainText)\n")
              }
              if !follow { return }
            } catch let error as JournalError where follow {
              failures = place.withLock { $0 } == before ? failures + 1 : 0
              guard failures < Self.tries else { throw error }
            }
            try await Task.sleep(for: .seconds(3))
          }
        }
      }
    } catch {
      tell(place.withLock { $0 })
      throw error
    }
    tell(place.withLock { $0 })
  }

  private func tell(_ cursor: String?) {
    if let cursor { Console.say("to go on from here: --after '\(cursor)'") }
  }
}
