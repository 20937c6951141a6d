public import ArgumentParser
import Foundation
public import Reporting

/// Files that a proof or a gate leaves behind for others.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write a summary in Markdown to this file.", valueName: "file"))
  var markdown: String?

  @Option(help: ArgumentHelp("Write JUnit XML, one test case per target, to this file.", valueName: "file"))
  var junit: String?

  func parsed() throws(Failure) -> [Report] {
    let reports = [
      markdown.map { Report(path: $0, format: .markdown, option: "--markdown") },
      junit.map { Report(path: $0, format: .junit, option: "--junit") },
    ].compactMap(\.self)
    for report in reports {
      guard !report.path.isEmpty else { throw Failure(.usage, "\(report.option) needs the name of a file") }
      guard report.path != "-" else {
        throw Failure(
          .usage,
          "\(report.option) writes a file, and standard output has the result; /dev/stdout is a file, and so is './-', and `warmth audit show --format \(report.format.rawValue)` prints a run's afterwards"
        )
      }
    }
    return reports
  }
}

/// A file that was asked for.
struct Report: Sendable {
  let path: String
  let format: RunFormat
  /// The option with which it was asked for.
  let option: String
}

extension RunFormat: ExpressibleByArgument {}
