import ArgumentParser
import Foundation
import NixModel
import Proof
import Reporting

struct ForecastCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Say what the caches offer, with nothing realized: exit 0 all of it, 1 not, 2 unknown.",
    discussion: """
      Asks every substituter for the narinfos of the named paths, verifies the signatures, and says what can \
      be had, what cannot, and what depends on that. Store paths are asked for without Nix where substituters \
      and keys are named; installables are evaluated by it, and nothing is built for that either. A forecast \
      is no proof: nothing was copied.
      """)

  @OptionGroup var targets: TargetOptions
  @OptionGroup var caches: CacheOptions
  @OptionGroup var variables: VariableOptions

  @Flag(name: .shortAndLong, help: "Ask for everything that the paths refer to as well.")
  var recursive = false

  @Flag(help: "Look for the archives too, each with a request of its own.")
  var nars = false

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  @Option(help: ArgumentHelp("The nix to evaluate with.", valueName: "path"))
  var nix = "nix"

  func run() async throws {
    try FileLimit.allowConnections()
    let installables = try targets.parsed().targets
    let choice = try caches.parsed(with: try caches.file())
    let display = ProgressDisplay(targets: installables.count)
    let forecast = try await display.show {
      let wiring = try await ForecastWiring(nix: nix, choice, for: installables, keeping: variables.kept)
      let extent = SurveyExtent(isRecursive: recursive, archives: nars ? .all : .none)
      let forecast = await wiring.forecaster(display.note)
        .forecast(installables, extent, expectingFrom: choice.expectFrom)
      await wiring.shutdown()
      return forecast
    }
    Console.print(
      json
        ? try ForecastDocument(forecast).json()
        : ForecastText(forecast).render(
          width: Console.width(STDOUT_FILENO), style: Console.style(STDOUT_FILENO)))
    throw ExitStatus(forecast.answer).code
  }
}
