import NixModel

/// A run as JUnit XML: one test case per target.
///
/// A cold target is a failure, since the opposite was seen. An inconclusive one is an error and not skipped:
/// readers show what was skipped as harmless, and no proof is not harmless.
///
/// Source of the format: GitLab, "Unit test reports", and `lib/gitlab/ci/parsers/test/junit.rb`, which reads
/// `name`, `classname` and the text of `failure` and `error`, and not their `message`; so all is in the text.
/// Files are limited to 30 MB there. How long one target took is not known, so no test case claims a time.
struct JUnitReport {
  let findings: RunFindings

  init(_ run: Run) { findings = RunFindings(run) }

  /// How many kinds of reasons a test case tells before the rest is counted.
  private static let toldKinds = 20
  /// How long a line may be.
  private static let longestLine = 2000

  /// The document, ending with a newline.
  func render() -> String {
    let run = findings.run
    let counts =
      "tests=\"\(findings.targets.count)\" failures=\"\(count(.cold))\" errors=\"\(count(.inconclusive))\" "
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
    lines += findings.targets.flatMap { self.lines(of: $0) }
    lines += ["  </testsuite>", "</testsuites>"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func count(_ verdict: Verdict) -> Int { findings.targets.count { $0.verdict == verdict } }

  private func attribute(_ text: String) -> String {
    XML.attribute(Words.clipped(Words.line(text), to: Self.longestLine))
  }

  private func lines(of target: RunFindings.Target) -> [String] {
    let head = "    <testcase classname=\"warmth\" name=\"\(attribute(target.installable))\""
    switch target.verdict {
    case .warm: return ["\(head)/>"]
    case .cold: return ["\(head)>", element("failure", of: target), "    </testcase>"]
    case .inconclusive: return ["\(head)>", element("error", of: target), "    </testcase>"]
    }
  }

  private func element(_ name: String, of target: RunFindings.Target) -> String {
    let groups = ReasonGroup.groups(of: [target])
    let report = TextReport(findings.run)
    var lines: [String] = []
    for group in groups.prefix(Self.toldKinds) {
      lines.append("\(group.first.code.rawValue): \(group.first.code.title)")
      lines += report.details(of: group, amongTargets: 1, .plain)
      lines.append("")
    }
    if groups.count > Self.toldKinds {
      lines += ["and \(Words.count(groups.count - Self.toldKinds, "reason")) more", ""]
    }
    lines += report.outputs(of: target) + [findings.summary()]
    let code = groups.first?.first.code
    let message = code.map(\.title) ?? findings.run.state.word
    let content = lines.map { Words.clipped($0, to: Self.longestLine) }.joined(separator: "\n")
    return
      "      <\(name) type=\"\(code?.rawValue ?? findings.run.state.word)\" message=\"\(attribute(message))\">"
      + "\(XML.text(content))</\(name)>"
  }
}
