import Foundation
import Machine
import NixModel
import Reporting

/// Writes a result for others: the files that were asked for, and the files that the forge reads. None of them changes a
/// verdict or an answer.
struct CloseOut: Sendable {
  let reports: [Report]
  let forge: Forge

  /// In bytes. GitHub drops the whole summary of a step that is longer ("Step isolation and limits" in "Workflow commands
  /// for GitHub Actions").
  private static let largestSummary = 1 << 20

  /// Removes the reports of an earlier run, so that a run that is killed leaves none, and not another run's.
  func begin() {
    for report in reports { OutputFile(report.path).remove() }
  }

  /// Writes everything, and names each file that could not be written.
  ///
  /// - Parameter status: the code to exit with where everything was written.
  /// - Returns: the code to exit with. Warm is not 0 where a file is missing that was asked for, because a reader of that
  ///   file would take its absence for nothing to report. The codes of cold and inconclusive do not change.
  func leave(_ result: some CloseOutResult, _ status: ExitStatus) throws -> ExitStatus {
    var isComplete = true
    for report in reports {
      let text = try result.render(report.format, style: .plain)
      do { try OutputFile(report.path).replace(with: text) } catch {
        isComplete = false
        complain(of: "\(report.option) '\(report.path)'", error, result, report.format)
      }
    }
    // These were not asked for on the command line, and the log says the same.
    if let path = forge.summary {
      let text = try result.render(.markdown, style: .plain)
      do { try OutputFile(path).append(text, after: .emptyLine, upTo: Self.largestSummary) } catch {
        complain(of: "$GITHUB_STEP_SUMMARY '\(path)'", error, result, .markdown)
      }
    }
    if let path = forge.output {
      let text = try result.render(.githubOutput, style: .plain)
      do { try OutputFile(path).append(text, after: .line) } catch {
        complain(of: "$GITHUB_OUTPUT '\(path)'", error, result, .githubOutput)
      }
    }
    if forge.readsCommands { Console.command(try result.render(.github, style: .plain)) }
    return status == .warm && !isComplete ? .resultMissing : status
  }

  private func complain(
    of file: String, _ flaw: OutputFile.Flaw, _ result: some CloseOutResult, _ format: RunFormat
  ) {
    Console.say(
      "warmth: \(file) could not be written: \(flaw). \(result.standing); this prints the same: \(result.command(for: format))"
    )
  }
}
