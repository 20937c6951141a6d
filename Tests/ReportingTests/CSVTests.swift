import NixModel
import Testing

@testable import Reporting

@Suite struct `A list as CSV` {
  private func line(_ field: Value) -> String {
    String(CSV(names: ["a"], rows: [[field]]).render().dropFirst("a\r\n".count).dropLast(1))
  }

  @Test func `has its names first, and lines that end with CR and LF`() {
    let csv = CSV(names: ["a", "b", "c"], rows: [[.text("x"), .number(7), .text(nil)]])
    #expect(csv.render() == "a,b,c\r\nx,7,\r\n")
    #expect(CSV(names: ["a"], rows: []).render() == "a\r\n")
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("a \"b\"", "\"a \"\"b\"\"\""), ("", ""),
    // A mark that joins the quote or comma before it makes one character of both.
    ("a\"\u{301}", "\"a\"\"\u{301}\""), ("a,\u{301}", "\"a,\u{301}\""),
    // A line is a line: nothing that breaks one is left in a name.
    ("a\r\nb", "a b"),
  ])
  func `quotes what has to be`(text: String, field: String) { #expect(line(.text(text)) == field) }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\t=1", "'=1"), ("\u{1B}[1m=1", "'=1"),
    ("=HYPERLINK(\"http://evil\",\"x\")", "\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\")\""), ("a=1", "a=1"),
  ])
  func `lets no name be a formula`(text: String, field: String) { #expect(line(.text(text)) == field) }

  @Test func `leaves numbers alone`() { #expect(line(.number(-5)) == "-5") }
}
