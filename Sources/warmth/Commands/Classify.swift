import ArgumentParser
import Foundation
import NixModel
import Reporting

struct Classify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Say what a stored or piped Nix log shows: what was copied, what was built.",
    discussion: """
      Reads internal-json logs and those that a person sees, with or without colours, behind whatever a CI, \
      a container or a journal puts before each line. A log that a person sees informs and never proves: a \
      builder can print any line of it. What was copied is what arrived; where a copy failed, the complaint is \
      shown. Several logs are read at the same time; where one cannot be read or is no Nix log, the others are \
      told of all the same, and the exit code is 64. It is 2 where a log shows nothing, but has lines that were \
      not understood.
      """)

  @Argument(help: ArgumentHelp("Logs; standard input where there is none, or for '-'.", valueName: "log"))
  var logs: [String] = []

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws {
    if logs.count(where: { $0 == LogFile.standardInput }) > 1 {
      throw ValidationError("Standard input ('-') can be read only once.")
    }
  }

  func run() throws {
    let names = logs.isEmpty ? [LogFile.standardInput] : logs
    let read = names.mappedOnAllCores { name in
      NamedLog(name: name, reading: Result { () throws(UnreadableLog) in try LogFile(name).classified() })
    }
    if read.count == 1, case .failure(let error) = read[0].reading { throw Failure(.usage, error.message) }
    if json { Console.print(try document(read)) }
    for log in read { say(log, isOnly: read.count == 1) }
    if read.contains(where: \.isUnreadable) { throw ExitStatus.usage.code }
    if read.contains(where: \.isInconclusive) { throw ExitStatus.inconclusive.code }
  }

  private func document(_ logs: [NamedLog]) throws -> String {
    if logs.count == 1, case .success(let log) = logs[0].reading {
      return try ClassificationDocument(log).json()
    }
    return try ClassificationsDocument(logs).json()
  }

  private func say(_ log: NamedLog, isOnly: Bool) {
    switch log.reading {
    case .failure(let error): Console.say("warmth: \(error.message)")
    case .success where json: break
    case .success(let content):
      if !isOnly { Console.print("\(log.name):\n") }
      Console.printLines { emit in
        ClassificationText(content).render(
          width: Console.width(STDOUT_FILENO), style: Console.style(STDOUT_FILENO), emit)
      }
    }
  }
}
