import ArgumentParser
import Foundation
import NixCommand
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
      and keys are named; installables are evaluated by it, and nothing is built for that either. With --plan \
      it says what Nix would build here and copy, into an empty store or that of --store, and why: exit 0 \
      nothing that may not be built, 1 something, 2 unknown. A forecast is no proof: nothing was copied.
      """)

  @OptionGroup var targets: TargetOptions
  @OptionGroup(title: "Evaluation") var evaluation: EvaluationOptions
  @OptionGroup var caches: CacheOptions
  @OptionGroup var variables: VariableOptions

  @Flag(name: .shortAndLong, help: "Ask for everything that the paths refer to as well.")
  var recursive = false

  @Flag(help: "Look for the archives too, each with a request of its own.")
  var nars = false

  @OptionGroup(title: "Plan") var planning: PlanOptions

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  @Option(help: ArgumentHelp("The nix to evaluate with.", valueName: "path"))
  var nix = "nix"

  func validate() throws {
    if planning.isAsked, recursive || nars {
      throw ValidationError(
        "--plan asks for what it needs; --recursive and --nars are for a forecast without it.")
    }
  }

  func run() async throws {
    if planning.isAsked { return try await plan() }
    try FileLimit.allowConnections()
    let flags = try evaluation.parsed()
    let installables = try targets.parsed(by: flags, of: evaluation.expr).targets
    let choice = try caches.parsed(with: try caches.file())
    let display = ProgressDisplay(targets: installables.count)
    let forecast = try await display.show {
      let wiring = try await ForecastWiring(
        nix: nix, choice, for: installables, keeping: variables.kept, options: flags.settings)
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

  private func plan() async throws {
    try FileLimit.allowConnections()
    let flags = try evaluation.parsed()
    let installables = try targets.parsed(by: flags, of: evaluation.expr).targets
    let file = try caches.file()
    let choice = try caches.parsed(with: file)
    let policy = try planning.policy(with: file, expectingFrom: choice.expectFrom)
    let earlier = try planning.earlier()
    let display = ProgressDisplay(targets: installables.count)
    let (plan, change) = try await display.show { () async throws -> (Plan, PlanChange?) in
      let wiring = try await ForecastWiring(
        nix: nix, store: planning.storePath, choice, for: installables, keeping: variables.kept,
        options: flags.settings, alwaysOpensNix: true)
      let result = await Result { () async throws in
        let now = await wiring.plan(installables, comparing: earlier != nil, under: policy, display.note)
        let then: EarlierPlan?
        switch earlier {
        case nil: then = nil
        case .known(let plan): then = plan
        case .revision(let revision):
          then = try await revisionPlan(revision, installables, wiring, under: policy, display.note)
        }
        return (now.plan, then.map { PlanChange(now.plan, in: now.graph, since: $0) })
      }
      await wiring.shutdown()
      return try result.get()
    }
    let isWritten = planning.write(PlanMarkdown(plan, change))
    if json {
      Console.print(try PlanDocument(plan, change).json())
    } else {
      Console.printProse(PlanText(plan, change).render(style: Console.style(STDOUT_FILENO)))
    }
    let status = ExitStatus(change?.answer(of: plan) ?? plan.answer)
    throw (status == .warm && !isWritten ? .resultMissing : status).code
  }

  private func revisionPlan(
    _ revision: String, _ installables: [Installable], _ wiring: ForecastWiring, under policy: Policy,
    _ note: @escaping @Sendable (ProgressEvent) -> Void
  ) async throws -> EarlierPlan {
    do throws(CheckoutError) {
      let checkout = try Checkout(at: revision)
      defer { checkout.remove() }
      var then: [Installable] = []
      for installable in installables { then.append(try await checkout.found(installable)) }
      let (plan, graph) = await wiring.plan(then, comparing: true, under: policy, note)
      return EarlierPlan(plan, in: graph, name: revision)
    } catch {
      throw Failure(.usage, "--against: \(error)")
    }
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ work: () async throws -> Success) async {
    do { self = .success(try await work()) } catch { self = .failure(error) }
  }
}
