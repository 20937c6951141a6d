public import NixModel

/// `doctor` for a person: a line for each thing that was looked at, and what to do.
public struct CheckupText: Sendable {
  private let checkup: Checkup

  /// The text of `checkup`.
  public init(_ checkup: Checkup) { self.checkup = checkup }

  /// The text, ending with a newline.
  public func render(style: Style = .plain) -> String {
    let subjects = checkup.findings.map(\.subject.count).max() ?? 0
    let lines = checkup.findings.flatMap { finding -> [String] in
      let health = finding.health
      let word = style.paint(health.rawValue.padded(to: Checkup.Health.doubtful.rawValue.count), health.role)
      let indent = String(repeating: " ", count: Checkup.Health.doubtful.rawValue.count + subjects + 4)
      return ["\(word)  \(finding.subject.padded(to: subjects))  \(Words.line(finding.sentence))"]
        + (finding.remedy.map { ["\(indent)\(Words.line($0))"] } ?? [])
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// `doctor --json`.
public struct CheckupDocument: Document {
  private let value: Value

  /// The document of `checkup`.
  public init(_ checkup: Checkup) {
    value = .object([
      "schema": .text("warmth/doctor/v1"), "health": .text(checkup.health.rawValue),
      "findings": .list(checkup.findings, columns),
    ])
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

private let columns: [Column<Checkup.Finding>] = [
  .json("subject") { .text($0.subject) },
  .json("health") { .text($0.health.rawValue) },
  .json("message") { .prose($0.sentence) },
  .json("remedy") { .prose($0.remedy) },
]
