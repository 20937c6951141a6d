import NixModel
import TestSupport
import Testing

@testable import Reporting

@Suite struct `What a runner of workflows reads` {
  @Test(arguments: [
    ("::error::x", "\\::error::x"), (" \t\u{A0}::error::x", " \t\u{A0}\\::error::x"),
    ("a ::error::x", "a ::error::x"),
    ("a\n::error::x", "a\n\\::error::x"), ("a\r::error::x", "a\r\\::error::x"),
    ("a\n\n  ::b::\n", "a\n\n  \\::b::\n"),
    ("a ##[error]x", "a ##\\[error]x"), ("###[error]", "###\\[error]"),
    ("##[\u{301}error]", "##\\[\u{301}error]"),
    ("# [x] ## [y]", "# [x] ## [y]"), ("::", "\\::"), (":", ":"), ("", ""), ("##", "##"),
    ("::##[x]", "\\::##\\[x]"),
    ("::\u{301}x::", "\\::\u{301}x::"),
  ])
  func `is inert`(text: String, shown: String) {
    #expect(WorkflowLog.inert(text).utf8.elementsEqual(shown.utf8))
    #expect(WorkflowReader.commands(in: WorkflowLog.inert(text)) == [])
  }

  @Test(arguments: Hostile.texts)
  func `is inert, whatever strangers write`(text: String) {
    for line in [text, "x \(text)", "x\n\(text)", "x\r\(text)\u{301}", "\u{600}\(text)"] {
      #expect(WorkflowReader.commands(in: WorkflowLog.inert(line)) == [])
    }
  }

  @Test(arguments: Hostile.texts + ["100 %25", "a,b:c=d", "x\ny"])
  func `comes to it as it was written`(text: String) throws {
    let command = WorkflowCommand(level: .error, title: text, message: text)
    let read = WorkflowReader.commands(in: command.line)
    #expect(read.count == 1)
    #expect(read.first?.name == "error")
    #expect(!command.line.holds("##["))
    #expect(read.first.map { bytes($0.data) } == bytes(Words.printable(text)), "\(command.line)")
    #expect(bytes(read.first?.properties["title"] ?? "") == bytes(Words.line(text)), "\(command.line)")
  }

  /// The bytes, but for those that keep an older command from being one.
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8).replacing("##\\[".utf8, with: "##[".utf8) }

  @Test func `is an annotation for each kind of reason, errors before warnings`() throws {
    let commands = WorkflowReader.commands(in: try RunFormat.github.render(try Hostile.run()))
    #expect(commands.map(\.name) == ["error", "error", "warning", "warning", "warning"])
    #expect(commands.allSatisfy { $0.data.contains("\nNext: ") })
    #expect(
      commands.compactMap { $0.properties["title"]?.prefix { $0 != ":" } } == [
        "nar-corrupt", "narinfo-invalid", "evaluation-failed", "write-token-present", "nix-failed",
      ])
  }

  @Test func `is a notice of a warm run, and a warning of one under way`() throws {
    #expect(
      WorkflowReader.commands(in: try RunFormat.github.render(try SampleRuns.warm())).map(\.name) == [
        "notice"
      ])
    let running = try Make.run(unfinished: .running)
    #expect(WorkflowReader.commands(in: try RunFormat.github.render(running)).map(\.name) == ["warning"])
  }

  @Test(arguments: Hostile.texts + ["", "a\nb", "END\nEND_\nEND__"])
  func `is the output that was meant`(text: String) throws {
    let value = text.split(separator: "\n").map { Words.line(String($0)) }.joined(separator: "\n")
    let file = "a=1\n" + WorkflowOutput.assignment("b", value) + "c=2\n"
    let outputs = try WorkflowReader.outputs(in: file)
    #expect(outputs.keys.sorted() == ["a", "b", "c"])
    #expect(outputs["b"].map { Array($0.utf8) } == Array(value.utf8), "\(file)")
  }

  @Test func `is the verdict, and no other that a target's name brings`() throws {
    let outputs = try WorkflowReader.outputs(in: try RunFormat.githubOutput.render(try Hostile.run()))
    #expect(
      outputs.keys.sorted() == [
        "cold", "download-bytes", "inconclusive", "not-warm", "reasons", "run", "verdict", "warm",
      ])
    #expect(outputs["verdict"] == "cold")
    #expect(outputs["warm"] == "0")
    #expect(
      outputs["reasons"] == "nar-corrupt narinfo-invalid evaluation-failed write-token-present nix-failed")
  }
}
