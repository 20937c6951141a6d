import ArgumentParser
import Foundation
import Machine
import Manual
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
    if CommandLine.arguments.dropFirst().first == Self.caretaking {
      exit(Caretaker.run(Array(CommandLine.arguments.dropFirst(2))))
    }
    Console.occupyStreams()
    // A reader that goes away (`| head`) is no reason to die before the evidence is written.
    signal(SIGPIPE, SIG_IGN)
    // The secrets that a command finds are known to everything that it writes, prints or sends.
    await Redaction.$known.withValue(KnownSecrets()) {
      var presentation = Presentation()
      do throws(Failure) {
        let words = try presentation.take(from: TwoValues.folded(CommandLine.arguments.dropFirst()))
        try CommandNames.check(words)
        await Presentation.$chosen.withValue(presentation) { await run(words) }
      } catch { end(with: error) }
    }
  }

  private static func run(_ words: [String]) async {
    // The parser's own `help` knows commands alone.
    if let topic = HelpTopic(of: words[...]) {
      Console.printProse(topic.text)
      end(with: ExitStatus.warm.rawValue)
    }
    do {
      var command = try Warmth.parseAsRoot(words)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      end(with: ExitStatus.warm.rawValue)
    } catch let failure as Failure {
      end(with: failure)
    } catch {
      endAsParserWould(error)
    }
  }

  /// The only way out of every command, `--help` and `--version` among them: warm, or yes, is not 0 where the result
  /// could not be printed. Every other answer stays as it is.
  private static func end(with code: Int32) -> Never {
    exit(code == 0 && Console.hasLostResult ? ExitStatus.resultMissing.rawValue : code)
  }

  private static func end(with failure: Failure) -> Never {
    Console.say("warmth: \(printable(failure.message))")
    if Forge.readsCommands { Console.command(WorkflowLog.error(failure.message)) }
    end(with: failure.code.rawValue)
  }

  /// The hidden first word of the command that Nix is started through.
  static let supervision = "supervise"
  /// The command in front of Nix's: this very program, also where its file was replaced.
  static let supervisor = ["/proc/self/exe", supervision]
  /// The hidden first word of the command that cleans up after this process, and the command.
  static let caretaking = "take-care"
  static let caretaker = ["/proc/self/exe", caretaking]

  private static func endAsParserWould(_ error: any Error) -> Never {
    // The parser's own errors (help, usage, exit codes) know how to present themselves; any other that
    // arrives here is a fault of ours.
    let code = Warmth.exitCode(for: error)
    if code == .failure, !(error is ExitCode) {
      Console.say("warmth: a fault of warmth itself: \(error); please report it")
      end(with: ExitStatus.fault.rawValue)
    }
    let text = Warmth.fullMessage(for: error, columns: nil)
    if !text.isEmpty {
      if code == .success { Console.print(text + "\n") } else { Console.say(text) }
    }
    end(with: code.rawValue)
  }
}

/// Commands state their names. To derive them from the names of types, the parser would ask the runtime for each type,
/// which costs a third of the start-up time.
struct Warmth: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "warmth",
    abstract: "Proof that a Nix binary cache is warm.",
    discussion: """
      Did these store paths really come out of the cache, or were they rebuilt? The proof is a fresh \
      runner without the right to write to the cache, which did not have the paths, found them signed in \
      a substituter, fetched them, and compiled nothing.

      Every command takes -q (no progress) and --color auto, always or never. \
      warmth --generate-completion-script bash, zsh or fish prints completions for a shell.

      Exit codes: 0 warm (or: answered yes), 1 cold (no), 2 inconclusive, 64 wrong usage, 69 something \
      that is needed is missing, 70 a fault of warmth, 73 warm (yes), but a result or a report that was asked \
      for could not be written, 74 the evidence could not be written. warmth help exit-codes and warmth help \
      environment say more.
      """,
    version: version,
    subcommands: [
      Prove.self, ForecastCommand.self, Classify.self, Explain.self, ReportCommand.self, Reasons.self,
      Audit.self, Attest.self, MetricsCommand.self, Gate.self, Publish.self, Doctor.self, Key.self,
      JobCommand.self, BuilderCommand.self, Install.self,
    ])
}
