import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import PolicyYAML

/// Which runs are asked for.
struct RunFilterOptions: ParsableArguments {
  static let explanation = """
    Each option narrows the list, and one that is given several times takes any of its values. Times are \
    when runs started: a duration before now (7d, 12h), or a date (2026-05-03, 2026-05-03T12:00:00Z).
    """

  @Option(
    name: [.customShort("t"), .customLong("target")],
    help: ArgumentHelp("About this target, as it was proved or by its attribute alone.", valueName: "target"))
  var targets: [String] = []

  @Option(
    name: .customLong("path"),
    help: ArgumentHelp(
      "About this store path: in full, by its hash, or by its name, such as 'libguestfs-*'.",
      valueName: "path"))
  var paths: [String] = []

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp("In which something came from this cache.", valueName: "url"))
  var origins: [String] = []

  @Option(
    name: .customLong("verdict"),
    help: ArgumentHelp("With this verdict: warm, cold or inconclusive.", valueName: "verdict"))
  var verdicts: [String] = []

  @Option(
    name: .customLong("reason"),
    help: ArgumentHelp("In which a target has a reason of this code.", valueName: "code"))
  var reasons: [String] = []

  @Option(
    name: .customLong("runner"),
    help: ArgumentHelp("On this host, or in this pod.", valueName: "host-or-pod"))
  var runners: [String] = []

  @Option(
    name: .customLong("ref"),
    help: ArgumentHelp(
      "About this source, as CI said: a ref, a branch, a tag, or a revision, of which 7 characters do.",
      valueName: "ref"))
  var refs: [String] = []

  @Option(help: ArgumentHelp("That started then or later.", valueName: "when"))
  var since: String?

  @Option(help: ArgumentHelp("That started before.", valueName: "when"))
  var until: String?

  /// The filter, as seen at `now`.
  func parsed(at now: Date) throws(Failure) -> RunFilter {
    var filter = RunFilter(targets: targets.map { GateName($0).text }, runners: runners, refs: refs)
    do {
      filter.paths = try paths.map { try PathPattern(parsing: $0) }
      filter.origins = try origins.map { try SubstituterURL(parsing: $0) }
    } catch { throw Failure(.usage, "\(error)") }
    for word in verdicts {
      guard let verdict = Verdict(rawValue: word) else {
        let known = Verdict.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure(
          .usage,
          "'\(word)' is no verdict\(Suggestion.clause(for: word, among: Verdict.allCases.map(\.rawValue))); there are \(known)"
        )
      }
      filter.verdicts.append(verdict)
    }
    for word in reasons {
      guard let code = ReasonCode(rawValue: word) else {
        throw Failure(
          .usage,
          "'\(word)' is no reason's code\(Suggestion.clause(for: word, among: ReasonCode.allCases.map(\.rawValue))); warmth reasons lists them"
        )
      }
      filter.reasons.append(code)
    }
    filter.since = try since.map { text throws(Failure) in try moment(text, "--since", now) }
    filter.until = try until.map { text throws(Failure) in try moment(text, "--until", now) }
    if let since = filter.since, let until = filter.until, since >= until {
      throw Failure(.usage, "nothing started between --since and --until: the first is not before the second")
    }
    return filter
  }

  /// Whether there is such a day: the parser takes the 30th of February for the 2nd of March.
  private static func isDay(_ text: Substring) -> Bool {
    let style = Date.ISO8601FormatStyle().year().month().day()
    return (try? style.parse(String(text))).map { style.format($0) == text } ?? false
  }

  private func moment(_ text: String, _ option: String, _ now: Date) throws(Failure) -> Date {
    if let span = TimeSpan(argument: text) { return now.addingTimeInterval(-Double(span.seconds)) }
    let whole = text.contains("T") ? text : "\(text)T00:00:00Z"
    for style in [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)] {
      if let date = try? style.parse(whole), Self.isDay(whole.prefix(10)) { return date }
    }
    throw Failure(
      .usage,
      "'\(text)' is no time for \(option): give a duration such as 7d, or a date such as 2026-05-03 or 2026-05-03T12:00:00Z"
    )
  }
}
