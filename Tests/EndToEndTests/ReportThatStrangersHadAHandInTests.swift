import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import Reporting

/// What programs that read these formats make of a run in which strangers had every word.
@Suite struct `A report that strangers had a hand in` {
  /// `warmth audit show --format` of such a run.
  private func report(_ format: String) async throws -> (text: String, run: Run) {
    let lab = try await Lab.shared
    let evidence = lab.scratch("hostile") + ".sqlite"
    let run = try Hostile.run(named: "20260503T120000Z-4k7xbq")
    let store = try EvidenceStore(creatingAt: evidence)
    try store.begin(run.start)
    if let conclusion = run.conclusion { try store.conclude(run.start.id, conclusion) }
    let record = try await Subprocess.run(
      .path(FilePath(lab.warmth)),
      arguments: ["audit", "show", "--format", format, "--evidence", evidence],
      output: .string(limit: 64 << 20), error: .string(limit: 1 << 16))
    #expect(record.terminationStatus == .exited(0), "\(record.standardError)")
    return (record.standardOutput, run)
  }

  /// The output of a program that reads `input`.
  private func read(_ input: String, by program: String, _ arguments: [String]) async throws -> String {
    let record = try await Subprocess.run(
      .path(FilePath(program)), arguments: Arguments(arguments), input: .string(input),
      output: .string(limit: 64 << 20), error: .string(limit: 1 << 16))
    guard record.terminationStatus.isSuccess else {
      throw Lab.Missing(
        description:
          "\(program) cannot read it; run scripts/setup --for test. It says: \(record.standardError)")
    }
    return record.standardOutput
  }

  /// A test case as junitparser has it.
  private struct Case: Decodable {
    let name: String
    let kind: String
    let type: String
    let text: String
  }

  @Test func `is JUnit with a case for each target`() async throws {
    let (xml, run) = try await report("junit")
    let script = """
      import json, sys
      from junitparser import JUnitXml
      suites = list(JUnitXml.fromstring(sys.stdin.buffer.read()))
      cases = [case for suite in suites for case in suite]
      assert all(suite.tests == len(list(suite)) for suite in suites)
      json.dump([{"name": case.name, "kind": type(result).__name__, "type": result.type, "text": result.text}
                 for case in cases
                 for result in (case.result if isinstance(case.result, list) else [case.result])], sys.stdout)
      """
    let answer = try await read(xml, by: "/usr/bin/python3", ["-c", script])
    let cases = try JSONDecoder().decode([Case].self, from: Data(answer.utf8))
    #expect(cases.count == run.start.installables.count)
    #expect(cases.allSatisfy { $0.kind == "Failure" && $0.type == "nar-corrupt" })
    #expect(cases.allSatisfy { $0.text.contains("what  The archive of /nix/store/") })
    #expect(cases.contains { $0.name.hasPrefix("<script>alert(1)</script>#") })
  }

  @Test func `is Markdown without a link, an image, a script, or a broken table`() async throws {
    let (markdown, run) = try await report("markdown")
    let tags = try await tags(of: markdown)
    let expected: Set = [
      "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "strong", "code", "pre", "details",
      "summary",
    ]
    #expect(Set(tags.keys) == expected, "\(tags)")
    let targets = run.start.installables.count
    // Two tables: a head, and a row for each target, of three cells and of four.
    #expect(tags["tr"] == 2 * (1 + targets))
    #expect(tags["td"] == (3 + 4) * targets)
    #expect(tags["h3"] == 5)
    #expect(tags["strong"] == targets + 2 * 5)
  }

  /// The elements that GitHub's own renderer makes of `markdown`, letting through whatever HTML there is.
  private func tags(of markdown: String) async throws -> [String: Int] {
    let html = try await read(
      markdown, by: "/usr/bin/cmark-gfm",
      ["--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tasklist"])
    return html.matches(of: /<([a-z0-9!]+)/).reduce(into: [:]) { $0[String($1.1), default: 0] += 1 }
  }

  @Test func `is Markdown of which each sentence is one, whatever is put together in it`() async throws {
    let tokens = [
      "`", "``", " ", "|", "\\", "a", "the", "@b", "<b>", "</code>", "https://e.x/y", "www.e.x", "m@e.x", "*",
      "**", "_", "[x](y)", "!", "(", ")", ".", ",", "&amp;", "1.", "1)", "-", "+", ">", "=", "---", "#", "~~",
      ":smile:", "\u{301}", "<!--", "ftp://x.y", "mailto:a@b.c", "12", "'", "\"", ";", "    ",
    ]
    var random = SplitMix(seed: 42)
    let count = 3000
    let page = (0..<count).map { _ in
      let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        tokens.randomElement(using: &random) ?? ""
      }.joined()
      // At the beginning of a line, within one, as a cell, and as lines.
      return """
        X \(Markdown.sentence(text))

        \(Markdown.sentence(text))

        \(Markdown.row(["a", "b"]))
        |---|---|
        \(Markdown.row([Markdown.code(text), Markdown.sentence(text)]))

        \(Markdown.block([text, text]))

        """
    }
    let tags = try await tags(of: page.joined(separator: "\n"))
    #expect(Set(tags.keys) == ["p", "table", "thead", "tbody", "tr", "th", "td", "code", "pre"], "\(tags)")
    for (tag, number) in [("table", 1), ("pre", 1), ("tr", 2), ("th", 2), ("td", 2)] {
      #expect(tags[tag] == number * count)
    }
  }
}
