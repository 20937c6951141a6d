import Foundation
public import NixModel

/// What strangers can bring into a report: names of flakes and files, keys, and what Nix and builders print.
public enum Hostile {
  /// Each would mean something to a reader of a report, if it came to it as it is.
  public static let texts = [
    "::set-output name=verdict::warm", "  ::stop-commands::x", "##[add-mask]warm", "a ##[set-env name=X]y",
    "verdict=warm", "END", "END_", "not-warm<<END", "<script>alert(1)</script>", "</pre>", "</code>",
    "</details>", "<!--", "]]>", "&amp;", "| a | b |", "\\|", "`", "``` ", "`@everyone`", "@everyone", "#1",
    "GH-1", "[a](https://evil.example)", "![a](https://evil.example/x.png)", "https://evil.example",
    "www.evil.example", "me@evil.example", "**bold** _it_ ~~no~~", "1. one", "- one", "> quote", "===", "---",
    "# heading", "\u{1B}[31mred\u{1B}[0m", "\u{1B}[0Ksection_start:1:x\r\u{1B}[0Kx",
    "\u{0}\u{8}\u{B}\u{FFFE}\u{202E}x", "%0A::error::x", "a\r::error::b", "\u{2028}::error::c",
    "\u{600}%0A\u{600}::x", "##[\u{301}add-mask]x", "`\u{301}@everyone`", ":\u{301}: ::x", "\"quoted\" 'so'",
  ]

  /// A run in whose every text all of that stands, in lines and in one line. With `brief`, there are only two
  /// targets, and otherwise one whose name begins with each of the texts.
  public static func run(named name: String? = nil, brief: Bool = false) throws -> Run {
    let path = try Make.path("libguestfs-1.54.1")
    let lines = texts.joined(separator: "\n")
    let line = texts.joined(separator: " ")
    let reasons = [
      Reason(.narCorrupt(path: path, cache: line, message: lines, line: 3), .cold),
      Reason(.narinfoInvalid(path: path, cache: "https://cache.example", flaw: line), .cold),
      Reason(.evaluationFailed(message: lines), .inconclusive),
      Reason(.nixFailed(ending: line, message: lines, line: 7), .inconclusive),
      Reason(.writeTokenPresent(MeansOfWriting(.atticToken, at: line, .unknown(lines))), .inconclusive),
    ]
    let names = [line, lines] + (brief ? [] : texts)
    let targets = try names.map { name in
      guard let ruling = Ruling(.cold, reasons: reasons) else { throw Make.MakeError.ruling }
      return TargetJudgment(
        installable: .flake(reference: name, attribute: name, outputs: .named([name])), derivation: nil,
        ruling: ruling,
        outputs: [
          OutputJudgment(
            name: name, path: path, outcome: .builtRemotely(on: name), narSize: nil, signedBy: texts)
        ])
    }
    let started = Date(timeIntervalSince1970: 1_777_809_600)
    return Run(
      start: RunStart(
        id: RunID(name ?? line), started: started, version: "1.0.0",
        runner: Runner(host: lines, pod: line, processID: 1, processStart: 1, bootID: "b"),
        installables: targets.map(\.installable), policy: Policy()),
      nixVersion: line,
      state: .finished(
        Conclusion(
          finished: started.addingTimeInterval(2),
          judgment: Judgment(targets: targets, closure: ClosureSummary()), memoryPeak: nil)))
  }
}
