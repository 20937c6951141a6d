import Foundation
import NixModel
import TestSupport
import Testing

@testable import Reporting

/// What a run leaves behind, whole: each of these files is to be read through by whoever changes it.
/// `WARMTH_WRITE_SNAPSHOTS=1 scripts/test 'looks as it is kept'` writes them anew.
@Suite struct `What a run leaves behind` {
  private static let formats: [RunFormat] = [.markdown, .junit, .github, .githubOutput, .gitlab]
  private static let runs = ["warm", "cold", "inconclusive", "interrupted", "running", "missing", "hostile"]

  private static func run(_ name: String) throws -> Run {
    switch name {
    case "warm": try SampleRuns.warm()
    case "cold": try SampleRuns.cold()
    case "inconclusive": try SampleRuns.inconclusive()
    case "interrupted": try Make.run(unfinished: .interrupted)
    case "running": try Make.run(unfinished: .running)
    case "missing": try SampleRuns.missing(42)
    default: try Hostile.run(brief: true)
    }
  }

  @Test(arguments: runs, formats)
  func `looks as it is kept`(name: String, format: RunFormat) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/\(name).\(format.rawValue)")
    let rendered = try format.render(try Self.run(name))
    if ProcessInfo.processInfo.environment["WARMTH_WRITE_SNAPSHOTS"] != nil {
      try Data(rendered.utf8).write(to: file)
    }
    #expect(try Data(rendered.utf8) == Data(contentsOf: file), "\(rendered)")
  }

  @Test(arguments: [RunFormat.text, .json, .markdown, .junit, .gitlab, .githubOutput])
  func `has no command for a runner that reads it, whoever wrote it`(format: RunFormat) throws {
    let rendered = try format.render(try Hostile.run())
    #expect(WorkflowReader.commands(in: WorkflowLog.inert(rendered)) == [])
    // These are so by themselves, wherever they are printed.
    if [.json, .markdown, .junit].contains(format) { #expect(WorkflowLog.inert(rendered) == rendered) }
  }

  @Test(arguments: [RunFormat.text, .markdown, .junit, .github, .githubOutput, .gitlab])
  func `is short, whatever the closure`(format: RunFormat) throws {
    let count = format == .markdown ? 100_000 : 10_000
    let rendered = try format.render(try SampleRuns.missing(count))
    #expect(rendered.utf8.count < 8 << 10, "\(rendered.prefix(20_000))")
    let others = format == .github ? "\(count - 1) others" : "and \(count - 5) more"
    if format != .githubOutput { #expect(rendered.contains(others)) }
  }

  @Test func `stays within the limits of forges, however many kinds of reasons there are`() throws {
    let path = try Make.path("a", "libguestfs-1.54.1")
    let noise = String(repeating: "|`\u{1F4A9}<", count: 300)
    let reasons = (0..<100).map { number in
      Reason(
        .narMissing(path: path, cache: "\(number)\(noise)", file: noise, line: nil),
        number < 50 ? .cold : .inconclusive)
    }
    let targets = try (0..<100).map { number in
      TargetJudgment(
        installable: .flake(reference: "\(number)\(noise)", attribute: noise, outputs: .selected),
        derivation: nil,
        ruling: try #require(Ruling(.cold, reasons: number == 0 ? reasons : [reasons[number % 50]])),
        outputs: [Make.output("out", path, .builtRemotely(on: noise), signedBy: [noise])])
    }
    let run = try Make.run([]).with(targets)
    #expect(try RunFormat.markdown.render(run).utf8.count <= 512 << 10)
    #expect(try RunFormat.markdown.render(run).contains("found no room here"))
    #expect(try RunFormat.junit.render(run).utf8.count < 30 << 20)
    #expect(try RunFormat.githubOutput.render(run).utf8.count < 1 << 20)
    let commands = WorkflowReader.commands(in: try RunFormat.github.render(run))
    for name in ["error", "warning"] {
      let told = commands.filter { $0.name == name }
      #expect(told.count == 10)
      #expect(told.last?.properties["title"] == "and 41 reasons more")
      #expect(told.allSatisfy { $0.data.utf16.count <= 4096 })
    }
    #expect(commands.count == 20)
  }
}

extension Run {
  fileprivate func with(_ targets: [TargetJudgment]) -> Run {
    Run(
      start: start, nixVersion: nixVersion,
      state: .finished(
        Conclusion(
          finished: Make.instant(1), judgment: Judgment(targets: targets, closure: ClosureSummary()),
          memoryPeak: nil)))
  }
}
