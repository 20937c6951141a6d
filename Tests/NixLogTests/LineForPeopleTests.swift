import NixLog
import NixModel
import TestSupport
import Testing

/// What a terminal would show of a line is what counts, however it came about.
@Suite struct `A line for people` {
  private static let path = "/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2"

  @Test(arguments: [
    "copying path '\(path)' from 'https://cache.example'...", "building '\(path).drv'...",
    "checking outputs of '\(path).drv'...", "repairing outputs of '\(path).drv'...",
    "error: attribute 'x' not found", "warning: ignoring untrusted substituter 'https://c'",
    "asked 'https://c' for '\(path)' but got '\(path)'", "error: hash mismatch importing path '\(path)';",
    "error: builder failed", "make: *** [all] Error 2", "",
  ])
  func `reads the same behind colours, overwritten text and timestamps`(text: String) {
    let plain = Logs.classify("\(text)\n")
    #expect((plain == nil) == (text.isEmpty || text.hasPrefix("make") || text.hasSuffix("failed")))
    var random = SplitMix(seed: 20_261_121)
    for _ in 0..<200 {
      let line = decorated(text, &random)
      let log = Logs.classify(line)
      #expect(log?.events == plain?.events, "\(line.debugDescription)")
      #expect(log?.format == plain?.format)
    }
  }

  @Test func `is nothing where it was overwritten`() {
    let line = "copying path '\(Self.path)' from 'https://cache.example'...\rmake: done\r\n"
    #expect(Logs.classify(line) == nil)
  }

  private func decorated(_ text: String, _ random: inout SplitMix) -> String {
    func pick(_ values: [String]) -> String { values[Int(random.next(upperBound: UInt64(values.count)))] }
    var line = pick(["", "", "2026-05-03T12:00:00.123Z ", "<3>", "build-1 | "])
    line += pick(["", "[1/2 built]\r", "\(text)\rbuilding 'x'\r", "\u{1B}[K\r\r"])
    for character in text {
      if random.next(upperBound: UInt64(12)) == 0 {
        line += pick([
          "\u{1B}[1m", "\u{1B}[0;31;1m", "\u{1B}[K", "\u{1B}]8;;http://x\u{7}", "\u{1B}]0;\r\u{1B}\\",
          "\u{1B}M",
        ])
      }
      line.append(character)
    }
    return line + pick(["", "\r", "\u{1B}[0m", "\r\u{1B}[K", "\r\r", "\u{1B}"]) + "\n"
  }
}
