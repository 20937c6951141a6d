import EndToEndSupport
import Foundation
import Subprocess
import TestSupport
import Testing

/// `scripts/cache-warm.sh` finds warmth, and hands everything over.
@Suite struct `The door of the publisher` {
  /// Where a warmth is, and which is taken.
  struct Case: Sendable, CustomStringConvertible {
    let places: [String]
    let taken: String?
    var description: String { "\(places)" }
  }

  @Test(arguments: [
    Case(places: ["named", "beside", "path", "flake"], taken: "named"),
    Case(places: ["beside", "path", "flake"], taken: "beside"),
    Case(places: ["path", "flake"], taken: "path"),
    Case(places: ["flake"], taken: "flake"), Case(places: [], taken: nil),
    Case(places: ["nowhere", "path"], taken: nil),
  ])
  func `takes the warmth that is named, beside itself, in the path, or of a flake`(each: Case) async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../scripts/cache-warm.sh"
    ).standardized.path
    // Each stand-in for warmth says which it is, and all that it was given.
    let answer = try await shell.run(
      """
      mkdir -p beside bin flake/bin
      cp \(script) beside/
      make() { printf '#!/bin/sh\\necho %s "$ATTIC_TOKEN" "$@"\\n' "$1" > "$2"; chmod +x "$2"; }
      unset WARMTH WARMTH_FLAKE
      for place; do
        case $place in
          named) make named named; export WARMTH=$PWD/named ;;
          nowhere) export WARMTH=$PWD/nowhere ;;
          beside) make beside beside/warmth ;;
          path) make path bin/warmth ;;
          flake) make flake flake/bin/warmth; export WARMTH_FLAKE=git+file:///flake ;;
        esac
      done
      # Nix gets no token.
      printf '#!/bin/sh\\n[ -z "${ATTIC_TOKEN+set}" ] && echo %s/flake\\n' "$PWD" > bin/nix
      chmod +x bin/nix
      ATTIC_TOKEN=t0ken PATH=$PWD/bin:/usr/bin:/bin bash beside/cache-warm.sh --profile "two words" --to x
      """, each.places)
    if let taken = each.taken {
      #expect(answer.exit == .exited(0), "\(answer.errors)")
      #expect(answer.output == "\(taken) t0ken publish --profile two words --to x\n")
    } else {
      #expect(answer.exit == .exited(69), "\(answer.errors)")
      #expect(answer.errors.contains("there is no"))
    }
  }

  @Test func `has no more than sixty lines`() throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../scripts/cache-warm.sh")
    #expect(try String(contentsOf: script, encoding: .utf8).split(separator: "\n").count <= 60)
  }
}
