import ArgumentParser
import NixModel
import PolicyYAML
import Reporting

struct Reasons: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reasons",
    abstract: "The book of reason codes: what each means, how it is detected, what to do.")

  @Argument(
    help: ArgumentHelp("A code, such as nar-missing; all of them where none is named.", valueName: "code"))
  var code: String?

  func run() throws {
    guard let code else {
      Console.print(ReasonBook().markdown())
      return
    }
    guard let known = ReasonCode(rawValue: code) else {
      throw Failure(
        .usage,
        "there is no reason code '\(code)'\(Suggestion.clause(for: code, among: ReasonCode.allCases.map(\.rawValue))); there are \(ReasonCode.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    Console.print(ReasonBook([known]).entries())
  }
}
