/// A suite of JUnit XML: one test case per target.
///
/// Source of the format: GitLab, "Unit test reports", and `lib/gitlab/ci/parsers/test/junit.rb`, which reads
/// `name`, `classname` and the text of `failure` and `error`, and not their `message`; so all is in the text.
/// Files are limited to 30 MB there. How long one target took is not known, so no test case claims a time.
struct JUnitSuite {
  let name: String
  let seconds: Int
  /// An instant in UTC, as ISO 8601 with a `Z`: the format has no zone.
  let timestamp: String
  let host: String
  let properties: [(name: String, value: String)]
  let cases: [Case]

  /// One test case.
  struct Case {
    let name: String
    let result: Result
  }

  enum Result {
    case passed
    /// The opposite was seen.
    case failure(Complaint)
    /// Nothing was seen. It is no skipped test, because readers show those as harmless, and a missing proof is not
    /// harmless.
    case error(Complaint)
  }

  struct Complaint {
    let type: String
    let message: String
    let lines: [String]
  }

  /// How long a line may be.
  private static let longestLine = 2000

  /// The document, ending with a newline.
  func render() -> String {
    var (failures, errors) = (0, 0)
    for one in cases {
      switch one.result {
      case .passed: break
      case .failure: failures += 1
      case .error: errors += 1
      }
    }
    let counts =
      "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"0\" time=\"\(seconds)\""
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"\(name)\" \(counts)>",
      "  <testsuite name=\"\(name)\" \(counts) timestamp=\"\(timestamp.dropLast())\" hostname=\"\(attribute(host))\">",
      "    <properties>",
    ]
    lines += properties.filter { !$0.value.isEmpty }.map { name, value in
      "      <property name=\"\(name)\" value=\"\(attribute(value))\"/>"
    }
    lines.append("    </properties>")
    lines += cases.flatMap { self.lines(of: $0) }
    lines += ["  </testsuite>", "</testsuites>"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func attribute(_ text: String) -> String {
    XML.attribute(Words.clipped(Words.line(text), to: Self.longestLine))
  }

  private func lines(of one: Case) -> [String] {
    let head = "    <testcase classname=\"\(name)\" name=\"\(attribute(one.name))\""
    switch one.result {
    case .passed: return ["\(head)/>"]
    case .failure(let complaint): return ["\(head)>", element("failure", complaint), "    </testcase>"]
    case .error(let complaint): return ["\(head)>", element("error", complaint), "    </testcase>"]
    }
  }

  private func element(_ name: String, _ complaint: Complaint) -> String {
    let content = complaint.lines.map { Words.clipped($0, to: Self.longestLine) }.joined(separator: "\n")
    return "      <\(name) type=\"\(complaint.type)\" message=\"\(attribute(complaint.message))\">"
      + "\(XML.text(content))</\(name)>"
  }
}
