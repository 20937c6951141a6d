import NixModel

/// A run as JUnit XML: one test case per target.
///
/// A cold target is a failure, because a witness saw the opposite of warm. An inconclusive one is an error
/// and not skipped, because readers show skipped tests as harmless, and a missing proof is not harmless.
///
/// Source of the format: GitLab, "Unit test reports", and `lib/gitlab/ci/parsers/test/junit.rb`, which reads
/// `name`, `classname` and the text of `failure` and `error`, and not their `message`; so all is in the text.
/// Files are limited to 30 MB there. How long one target took is not known, so no test case claims a time.
struct JUnitReport {
  let reported: ReportedRun

  init(_ run: Run) { reported = ReportedRun(run) }

  /// How many kinds of reasons a test case tells before the rest is counted.
  private static let toldKinds = 20
  /// How long a line may be.
  private static let longestLine = 2000

  /// The document, ending with a newline.
  func render() -> String {
    let run = reported.run
    let counts =
      "tests=\"\(reported.targets.count)\" failures=\"\(count(.cold))\" errors=\"\(count(.inconclusive))\" "
      + "skipped=\"0\" time=\"\(run.seconds)\""
    // The format has no zone; the time is UTC.
    let timestamp = Instant.iso8601(run.start.started).dropLast()
    let properties = [
      ("run", run.start.id.text), ("state", run.state.word), ("verdict", run.verdict.rawValue),
      ("nix", run.nixVersion ?? "unknown"), ("pod", run.start.runner.pod ?? ""),
    ]
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"warmth\" \(counts)>",
      "  <testsuite name=\"warmth\" \(counts) timestamp=\"\(timestamp)\" hostname=\"\(attribute(run.start.runner.host))\">",
      "    <properties>",
    ]
    lines += properties.filter { !$0.1.isEmpty }.map { name, value in
      "      <property name=\"\(name)\" value=\"\(attribute(value))\"/>"
    }
    lines.append("    </properties>")
    lines += reported.targets.flatMap { self.lines(of: $0) }
    lines += ["  </testsuite>", "</testsuites>"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func count(_ verdict: Verdict) -> Int { reported.targets.count { $0.verdict == verdict } }

  private func attribute(_ text: String) -> String {
    XML.attribute(Words.clipped(Words.line(text), to: Self.longestLine))
  }

  private func lines(of target: ReportedRun.Target) -> [String] {
    let head = "    <testcase classname=\"warmth\" name=\"\(attribute(target.installable))\""
    switch target.verdict {
    case .warm: return ["\(head)/>"]
    case .cold: return ["\(head)>", element("failure", of: target), "    </testcase>"]
    case .inconclusive: return ["\(head)>", element("error", of: target), "    </testcase>"]
    }
  }

  private func element(_ name: String, of target: ReportedRun.Target) -> String {
    let groups = ReasonGroup.groups(of: [target])
    let report = TextReport(reported.run)
    var lines: [String] = []
    for group in groups.prefix(Self.toldKinds) {
      lines.append("\(group.first.code.rawValue): \(group.first.code.title)")
      lines += report.details(of: group, amongTargets: 1, .plain)
      lines.append("")
    }
    if groups.count > Self.toldKinds {
      lines += ["and \(Words.count(groups.count - Self.toldKinds, "reason")) more", ""]
    }
    lines += report.outputs(of: target) + [reported.summary()]
    let code = groups.first?.first.code
    let message = code.map(\.title) ?? reported.run.state.word
    let content = lines.map { Words.clipped($0, to: Self.longestLine) }.joined(separator: "\n")
    return
      "      <\(name) type=\"\(code?.rawValue ?? reported.run.state.word)\" message=\"\(attribute(message))\">"
      + "\(XML.text(content))</\(name)>"
  }
}
