import EndToEndSupport
import Foundation
import Manual
import Subprocess
import Testing

/// What `install --system` leaves, by programs that are not ours: mandoc and bash.
@Suite struct `An installation` {
  @Test func `has a page for each command that mandoc reads without complaint, and completions`() async throws
  {
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run(
      """
      set -e
      "$WARMTH" install --system --prefix usr > installed
      usr/bin/warmth --version
      mandoc -T lint -W error usr/share/man/man1/*.1 usr/share/man/man7/*.7
      mandoc -T utf8 usr/share/man/man1/warmth-audit-show.1 | col -b
      bash -c '. usr/share/bash-completion/completions/warmth; complete -p warmth; bash -n usr/share/bash-completion/completions/warmth'
      wc -l < installed
      """)
    #expect(answer.exit == .exited(0), "\(answer)")
    for words in [
      "WARMTH-AUDIT-SHOW(1)", "--format <format>", "Show one run", "warmth-exit-codes(7)", "complete -o",
    ] {
      #expect(answer.output.contains(words), "\(words): \(answer)")
    }
    let help = try await shell.run(#"exec "$WARMTH" --experimental-dump-help"#).output
    let commands = try CommandDescription(ofProgram: Data(help.utf8)).all
    let pages = try FileManager.default.contentsOfDirectory(atPath: shell.path("usr/share/man/man1"))
    #expect(Set(pages) == Set(commands.map { $0.words.joined(separator: "-") + ".1" }))
  }

  @Test func `helps with exit codes and with the variables that the program reads`() async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let codes = try await shell.run(#"exec "$WARMTH" help exit-codes"#).output
    #expect(codes.contains("74  The evidence could not be read or written"), "\(codes)")
    let variables = try await shell.run(#"exec "$WARMTH" help environment"#).output
    let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources/warmth").path
    let read = try await shell.run(#"grep -rhoE '"WARMTH_[A-Z_]+"' "$1" | tr -d '"' | sort -u"#, [source])
      .output
    for name in read.split(separator: "\n") { #expect(variables.contains(name), "\(name)") }
    #expect(read.contains("WARMTH_EVIDENCE"))
  }
}
