import ArgumentParser
import Building
import Clouds
import Foundation
import NixModel

struct BuilderPlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Print everything that `start` would do, and change nothing.",
    discussion: "It needs no key of the provider. Secrets are named, and not shown.")

  @OptionGroup var options: BuilderOptionsGroup
  @OptionGroup var provider: ProviderOptions

  func run() throws { Console.print(try options.plan(for: provider).text) }
}

extension BuilderOptionsGroup {
  /// Whether another process than `start` can read the machine's logs.
  var canBeWatched: Bool { !watchKeys.isEmpty || publicLogs }

  /// - Parameter ownKey: the key of the process that waits, where no other may read the logs.
  func plan(for provider: ProviderOptions, watchedBy ownKey: SSHKey? = nil) throws(Failure) -> BuilderPlan {
    let now = Date()
    do {
      var options = try parsed(for: provider)
      if let ownKey { options.watchers.append(ownKey.publicText) }
      let plan = try BuilderPlan(
        options, named: RunID(at: now), at: now, userDataLimit: Vultr.userDataLimit)
      if signingKey != nil {
        Console.say(
          "warmth: the cache's own signing key goes to the machine, where every program of root can read it; without --signing-key, builds are signed by a key of the machine's own, and the storage signs what it has checked"
        )
      }
      if publicLogs {
        Console.say("warmth: everybody who reaches the machine can read its logs, the build's among them")
      }
      if !canBeWatched {
        Console.say(
          "warmth: without --watch-key, `start` alone can read the machine's logs, by a key of its own; if it is interrupted, `wait` learns only that the build has ended, and not how"
        )
      }
      return plan
    } catch let error as Failure {
      throw error
    } catch { throw Failure(.usage, "\(error)") }
  }
}
