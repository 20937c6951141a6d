import NixModel
import TestSupport
import Testing

@testable import Reporting

@Suite struct `In Markdown` {
  @Test(arguments: [
    ("The run took long.", "The run took long."),
    ("https://c.example has it, but not nar/0.xz.", "`https://c.example` has it, but not `nar/0.xz`."),
    (
      "Nix's daemon (it is well-known) said 404; so: why?",
      "Nix's daemon (it is well-known) said 404; so: why?"
    ),
    ("do `nix copy a` or `b`, and `c`.", "do `nix copy a` or `b`, and `c`."),
    ("@everyone, see #12 and GH-12!", "`@everyone`, see `#12` and `GH-12`!"),
    ("1. one", "`1.` one"), ("``1. one", "`1.` one"), ("`` 1. one", "`1.` one"), ("- one", "`-` one"),
    ("... and", "`...` and"), ("(x_y) z", "(`x_y`) z"),
    ("a | b", "a `|` b"), ("", ""), ("`", ""), ("``a``", "a"), ("x`y`@z", "x`y@z`"),
    ("see 1a2b3c4 now", "see `1a2b3c4` now"), ("www.x.example", "`www.x.example`"), ("1234567", "`1234567`"),
  ])
  func `a sentence keeps its words, and the rest is code`(text: String, shown: String) {
    #expect(Markdown.sentence(text) == shown)
  }

  @Test(arguments: [
    ("libguestfs", "`libguestfs`"), ("a b", "`a b`"), (" a\nb ", "`a b`"), ("", ""),
    ("a|b", "`a|b`"), ("a`b", "``a`b``"), ("`a``b", "``` `a``b ```"), ("`", "`` ` ``"), ("\\", "`\\`"),
    ("##[x]", "`##\\[x]`"), ("::x::", "`::x::`"), ("`</code>", "`` `</code> ``"),
    ("`\u{301}", "`` `\u{301} ``"),
  ])
  func `code is what was written, wherever it stands`(text: String, shown: String) {
    #expect(Markdown.code(text) == shown)
  }

  @Test func `a block holds whatever it is given`() {
    #expect(
      Markdown.block(["</pre>", "", "::x::", "a & ##[b]"])
        == "<pre>&lt;/pre&gt;\n\n&#58;:x::\na &amp; ##&#91;b]</pre>")
  }

  @Test func `every row of every table has as many cells as its head`() throws {
    for run in [try Hostile.run(), try SampleRuns.cold(), try SampleRuns.warm()] {
      let lines = try RunFormat.markdown.render(run).split(separator: "\n")
      let rows = lines.filter { $0.utf8.first == UInt8(ascii: "|") }
      #expect(rows.count > 4)
      for row in rows {
        let cells = row.utf8.count { $0 == UInt8(ascii: "|") } - 1
        #expect(cells == 3 || cells == 4, "\(row)")
      }
    }
  }
}

@Suite struct `In XML` {
  @Test(arguments: [
    ("a<b>&\"'", "a&lt;b&gt;&amp;\"'", "a&lt;b&gt;&amp;&quot;'"), ("a\nb\tc", "a\nb\tc", "a&#10;b&#9;c"),
    ("a\r\nb", "a&#13;\nb", "a&#13;&#10;b"), ("]]>", "]]&gt;", "]]&gt;"),
    (
      "\u{0}\u{B}\u{FFFE}\u{1F4A9}\u{D7FF}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{1F4A9}\u{D7FF}",
      "\u{FFFD}\u{FFFD}\u{FFFD}\u{1F4A9}\u{D7FF}"
    ),
    ("::x\n ::y\nz::", "&#58;:x\n &#58;:y\nz::", "::x&#10; ::y&#10;z::"), ("##[x]", "##&#91;x]", "##&#91;x]"),
    ("<\u{301}", "&lt;\u{301}", "&lt;\u{301}"),
  ])
  func `text means what it meant`(text: String, inElement: String, inAttribute: String) {
    #expect(XML.text(text).utf8.elementsEqual(inElement.utf8))
    #expect(XML.attribute(text).utf8.elementsEqual(inAttribute.utf8))
  }
}
