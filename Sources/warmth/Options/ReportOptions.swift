public import ArgumentParser
import Foundation
public import Reporting

/// Files that a proof leaves behind for others.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write a summary in Markdown to this file.", valueName: "file"))
  var markdown: String?

  @Option(help: ArgumentHelp("Write JUnit XML, one test case per target, to this file.", valueName: "file"))
  var junit: String?

  /// The files, none of which is another's or `evidence`.
  func parsed(besides evidence: String) throws(Failure) -> [Report] {
    let reports = [
      markdown.map { Report(path: $0, format: .markdown, option: "--markdown") },
      junit.map { Report(path: $0, format: .junit, option: "--junit") },
    ].compactMap(\.self)
    var taken = [Self.place(of: evidence): "the evidence"]
    for report in reports {
      if report.path.isEmpty { throw Failure(.usage, "\(report.option) needs the name of a file") }
      if let other = taken.updateValue(report.option, forKey: Self.place(of: report.path)) {
        throw Failure(
          .usage, "\(report.option) names '\(report.path)', where \(other) is; name a file of its own")
      }
    }
    return reports
  }

  /// What a path leads to, by one name.
  static func place(of path: String) -> String {
    URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
}

/// A file that was asked for.
struct Report: Sendable {
  let path: String
  let format: RunFormat
  /// What it was asked for with.
  let option: String
}

extension RunFormat: ExpressibleByArgument {}
