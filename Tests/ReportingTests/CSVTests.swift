import NixModel
import Testing

@testable import Reporting

@Suite struct `A list as CSV` {
  private func line(_ field: CSV.Field) -> String {
    String(CSV(columns: ["a"], rows: [[field]]).render().dropFirst("a\r\n".count).dropLast(1))
  }

  @Test func `has its names first, and lines that end with CR and LF`() {
    let csv = CSV(columns: ["a", "b", "c"], rows: [["x", .init(7), .nothing]])
    #expect(csv.render() == "a,b,c\r\nx,7,\r\n")
    #expect(CSV(columns: ["a"], rows: []).render() == "a\r\n")
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

  @Test func `leaves numbers alone`() { #expect(line(.init(-5)) == "-5") }

  @Test func `of runs`() throws {
    let text = try RunsCSV([SampleRuns.warm(), Make.run(unfinished: .interrupted)]).render()
    let lines = text.split(separator: "\r\n")
    #expect(
      lines[0]
        == "run,started,finished,state,verdict,targets,host,pod,nix,repository,ref,branch,revision,pipeline,page,paths,substituted,built_locally,built_remotely,present_before,download_bytes"
    )
    #expect(
      lines[1].hasPrefix("20260503T120000Z-4k7xbq,2026-05-03T12:00:00Z,2026-05-03T12:01:04Z,finished,warm,"))
    #expect(
      lines[2]
        == "20260503T120000Z-4k7xbq,2026-05-03T12:00:00Z,,interrupted,inconclusive,nixpkgs#libguestfs nixpkgs#qemu_kvm,runner-7,,,,,,,,,,,,,,"
    )
    // Every line has as many fields as there are names.
    #expect(lines.allSatisfy { $0.count { $0 == "," } == 20 })
  }

  @Test func `of paths`() throws {
    let path = try Make.path("a", "hello")
    let record = PathRecord(
      path: path, outcome: .substituted(from: Make.cache), narSize: 12, run: RunID("r-1"),
      started: Make.instant())
    #expect(
      PathsCSV([record]).render()
        == """
        path,outcome,from,nar_bytes,run,started,published,served,role,target_outcome,host,cache,read_side\r
        \(path),substituted,\(Make.cache),12,r-1,2026-05-03T12:00:00Z,,,,,,,\r

        """
    )
  }
}
