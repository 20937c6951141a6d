import ArgumentParser
import Foundation
import NixCommand
import NixModel
import Reporting

/// The door: everything else is behind `Warmth`.
@main
enum Main {
  static func main() async {
    // Nix is started through this same program; that path skips everything a person's command needs.
    if CommandLine.arguments.dropFirst().first == Self.supervision {
      exit(Supervisor.run(Array(CommandLine.arguments.dropFirst(2))))
    }
    // A reader that goes away (`| head`) is no reason to die before the evidence is written.
    signal(SIGPIPE, SIG_IGN)
    // What a command finds to be secret is known to everything that it writes, prints or sends.
    await Redaction.$known.withValue(KnownSecrets()) { await run() }
  }

  private static func run() async {
    do {
      var command = try Warmth.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      Console.say("warmth: \(printable(failure.message))")
      if Forge.readsCommands { Console.command(WorkflowLog.error(failure.message)) }
      exit(failure.code.rawValue)
    } catch {
      exitAsParserWould(error)
    }
  }

  /// The hidden first word of the command that Nix is started through.
  static let supervision = "supervise"
  /// What Nix is started through: this very program, whatever has become of its file.
  static let supervisor = ["/proc/self/exe", supervision]

  private static func exitAsParserWould(_ error: any Error) -> Never {
    // The parser's own errors (help, usage, exit codes) know how to present themselves; any other that
    // arrives here is a fault of ours.
    if Warmth.exitCode(for: error) == .failure, !(error is ExitCode) {
      Console.say("warmth: a fault of warmth itself: \(error); please report it")
      exit(ExitStatus.fault.rawValue)
    }
    Warmth.exit(withError: error)
  }
}

/// Commands state their names: to make them of the types' own, the parser would ask the runtime what each type
/// is, which costs a third of the time until the first word.
struct Warmth: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "warmth",
    abstract: "Proof that a Nix binary cache is warm.",
    discussion: """
      Did these store paths really come out of the cache, or were they rebuilt? The proof is a fresh \
      runner without the right to write to the cache, which did not have the paths, found them signed in \
      a substituter, fetched them, and compiled nothing.

      Exit codes: 0 warm (or: answered yes), 1 cold (no), 2 inconclusive, 64 wrong usage, 70 a fault of \
      warmth, 73 warm, but a report that was asked for could not be written, 74 the evidence could not \
      be written.
      """,
    version: version,
    subcommands: [
      Prove.self, ForecastCommand.self, Classify.self, Explain.self, Reasons.self, Audit.self, Gate.self,
      Key.self, JobCommand.self, Install.self,
    ])
}
