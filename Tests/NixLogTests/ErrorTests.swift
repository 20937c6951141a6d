import NixModel
import TestSupport
import Testing

@testable import NixLog

@Suite struct `An error` {
  @Test(arguments: [
    ("attribute 'x' missing", "attribute 'x' missing"),
    (
      "error: attribute 'x' missing\n\n       at /f.nix:1:2:\n",
      "attribute 'x' missing\n\n       at /f.nix:1:2:"
    ),
    (
      "\n       … while calling the 'trace' builtin\n         at «string»:1:1:\n            1| x\n\n       error: boom\n       at /f.nix:1:2:",
      "boom\nat /f.nix:1:2:"
    ),
    ("error:\n       … while evaluating\n\n       error: first\n\n       error: second", "second"),
    ("boom\n\n       at /f.nix:1:2:\n\n       … while evaluating the attribute", "boom\n\nat /f.nix:1:2:"),
    ("       … while evaluating, and no error", "… while evaluating, and no error"),
    ("it says\nerror: of others", "it says\nerror: of others"), ("", ""), ("error:", ""),
  ])
  func `is told without the way to it`(text: String, told: String) {
    #expect(ErrorText.withoutTrace(text) == told)
  }

  @Test(arguments: [
    ("warning: x\nerror: boom\nTry 'nix --help'", "boom\nTry 'nix --help'"),
    ("error: first\nerror: last", "last"), ("terminate called", "terminate called"),
    ("error:\n       … while evaluating\n       error: deep", "deep"),
  ])
  func `is the last of what was printed`(text: String, told: String) {
    #expect(ErrorText.last(in: text) == told)
  }

  @Test func `at the end of a long trace is not cut off`() {
    let steps = String(repeating: "       … while evaluating the attribute 'x'\\n", count: 500)
    let record = #"@nix {"action":"msg","level":0,"msg":"error:\n\#(steps)       error: boom"}"#
    let events = Logs.read(Array((record + "\n").utf8)).events
    guard case .complaint(let complaint)? = events.first?.kind else {
      Issue.record("\(events)")
      return
    }
    #expect(complaint.text == "boom")
  }
}
