import Foundation
import Machine
import NixModel
import Reporting

/// Writes the results of a run beside its evidence: the files that were asked for, and the files that the forge reads.
///
/// They are written after the evidence and can be made again from it, so none of them changes a verdict.
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
  /// - Returns: the code to exit with. Warm is not 0 where a file is missing that was asked for, because a reader of that
  ///   file would take its absence for nothing to report. The codes of cold and inconclusive do not change.
  func leave(_ run: Run) throws -> ExitStatus {
    var isComplete = true
    for report in reports {
      let text = try report.format.render(run)
      do { try OutputFile(report.path).replace(with: text) } catch {
        isComplete = false
        complain(of: "\(report.option) '\(report.path)'", error, run, report.format)
      }
    }
    // These were not asked for on the command line, and the log says the same.
    if let path = forge.summary {
      let text = try RunFormat.markdown.render(run)
      do { try OutputFile(path).append(text, after: .emptyLine, upTo: Self.largestSummary) } catch {
        complain(of: "$GITHUB_STEP_SUMMARY '\(path)'", error, run, .markdown)
      }
    }
    if let path = forge.output {
      let text = try RunFormat.githubOutput.render(run)
      do { try OutputFile(path).append(text, after: .line) } catch {
        complain(of: "$GITHUB_OUTPUT '\(path)'", error, run, .githubOutput)
      }
    }
    if forge.readsCommands { Console.command(try RunFormat.github.render(run)) }
    let status = ExitStatus(run.verdict)
    return status == .warm && !isComplete ? .resultMissing : status
  }

  private func complain(of file: String, _ flaw: OutputFile.Flaw, _ run: Run, _ format: RunFormat) {
    Console.say(
      """
      warmth: \(file) could not be written: \(flaw). The verdict stands and is recorded; this prints the same: \
      warmth audit show \(run.start.id) --format \(format.rawValue)
      """)
  }
}
