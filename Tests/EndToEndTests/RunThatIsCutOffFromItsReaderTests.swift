import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import Testing

/// Who reads the results may go, or never have been there.
@Suite struct `A run that is cut off from its reader` {
  @Test(arguments: [
    #""$@" > /dev/full; echo $? > "$CODE""#, #""$@" 2> /dev/full; echo $? > "$CODE""#,
    #""$@" >&-; echo $? > "$CODE""#, #""$@" 2>&-; echo $? > "$CODE""#,
    #""$@" >&- 2>&-; echo $? > "$CODE""#, #""$@" <&- >&- 2>&-; echo $? > "$CODE""#,
    #"{ "$@"; echo $? > "$CODE"; } | head -c 0"#, #"{ "$@"; echo $? > "$CODE"; } 2>&1 | head -c 0"#,
  ])
  func `proves all the same`(script: String) async throws {
    var undertaking = try await Undertaking("libguestfs")
    let code = "\(undertaking.directory)/code"
    undertaking.environment = ["CODE": code]
    undertaking.script = script
    let end = try await undertaking.run()
    try await undertaking.expectNothingLeft()
    let exit = try String(contentsOfFile: code, encoding: .utf8)
    // Progress and complaints may get lost, and the result may not.
    let keepsResult =
      script.contains("2> /dev/full") || !script.contains(">&- 2>&-") && script.contains("2>&-;")
    #expect(exit == (keepsResult ? "0\n" : "73\n"), "\(end.errors)")
    let isFull = script.contains("> /dev/full") && !script.contains("2> /dev/full")
    #expect(end.errors.contains("the result could not be printed: No space left on device") == isFull)
    let verdict = try undertaking.recorded().verdict
    #expect(verdict == .warm)
  }
}
