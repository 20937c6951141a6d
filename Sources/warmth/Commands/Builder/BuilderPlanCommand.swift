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
  func plan(for provider: ProviderOptions) throws(Failure) -> BuilderPlan {
    let now = Date()
    do {
      let plan = try BuilderPlan(
        try parsed(for: provider), named: RunID(at: now), at: now, userDataLimit: Vultr.userDataLimit)
      if signingKey != nil {
        Console.say(
          "warmth: the cache's own signing key goes to the machine, where every program of root can read it; without --signing-key, builds are signed by a key of the machine's own, and the storage signs what it has checked"
        )
      }
      if publicLogs {
        Console.say("warmth: everybody who reaches the machine can read its logs, the build's among them")
      }
      if watchKeys.isEmpty, !publicLogs {
        Console.say(
          "warmth: without --watch-key nobody can read the machine's logs, and `wait` learns only that it has ended, and not how"
        )
      }
      return plan
    } catch let error as Failure {
      throw error
    } catch { throw Failure(.usage, "\(error)") }
  }
}
