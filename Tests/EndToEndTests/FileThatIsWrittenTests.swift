import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// Something is written to what its path names: a regular file gets other contents at one blow, wherever links lead,
/// and whatever else has that name stays what it is.
@Suite struct `A file that is written` {
  /// An option that names a file.
  enum Option: String, CaseIterable {
    case output = "--output"
    case markdown = "--markdown"
    case junit = "--junit"
    case bundle = "--bundle-file"

    /// The command line, with `FILE` to be filled in.
    var command: String {
      switch self {
      case .output: #""$WARMTH" audit export --all --evidence e.sqlite --output "$FILE""#
      case .markdown, .junit, .bundle:
        #""$WARMTH" prove x --nix /none --evidence e.sqlite \#(rawValue) "$FILE" > printed"#
      }
    }

    /// Whatever is in the file that it writes.
    var mark: String {
      switch self {
      // A bundle begins with the sign of zstd, read as a text.
      case .output, .bundle: "(\u{FFFD}/\u{FFFD}"
      case .markdown: "## Cache proof: inconclusive"
      case .junit: "<testsuites"
      }
    }
  }

  /// What has the name `f`, or how the file is named.
  struct Kind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Makes it; `$FILE` is what is written to, and is `f` unless this says otherwise.
    let making: String
    /// Shows in its output what was written, and ends with 0 if all is as it was otherwise.
    let looking: String
    /// Around the command.
    var during = "COMMAND"
  }

  static let kinds = [
    Kind(testDescription: "nothing", making: "true", looking: "cat f && [ ! -L f ]"),
    Kind(testDescription: "a file", making: "echo old > f", looking: "cat f && ! grep -q old f"),
    Kind(
      testDescription: "a hard link, whose other name keeps what it had",
      making: "echo old > other; ln other f", looking: #"cat f && [ "$(cat other)" = old ]"#),
    Kind(
      testDescription: "a link to a file", making: "echo old > real; ln -s real f",
      looking: #"cat real && [ -L f ] && [ "$(readlink f)" = real ]"#),
    Kind(
      testDescription: "a link to nothing yet", making: "ln -s real f", looking: "[ -L f ] && cat real"),
    Kind(
      testDescription: "links from directory to directory",
      making: #"mkdir a b; ln -s ../b/g a/f; ln -s "$PWD/a" c; echo old > real; ln -s ../real b/g; FILE=c/f"#,
      looking: "[ -L a/f ] && [ -L b/g ] && [ ! -L real ] && cat real"),
    Kind(
      testDescription: "a name with blanks and signs", making: "FILE='%s a?b#c%41 -'",
      looking: #"cat "./$FILE""#),
    Kind(
      testDescription: "a name in the home that is none", making: "mkdir '~'; FILE='~/f'",
      looking: "cat './~/f'"),
    Kind(
      testDescription: "the longest name",
      making: "FILE=$(printf 'x%.0s' $(seq 255))", looking: #"cat "$FILE""#),
    Kind(
      testDescription: "standard error", making: "FILE=/dev/stderr", looking: "cat errors && [ -e before ]",
      during:
        "echo first > errors; COMMAND 2>> errors; status=$?; grep -q first errors || rm before; (exit $status)"
    ),
    Kind(
      testDescription: "a descriptor that the shell opened", making: "FILE=/dev/fd/7",
      looking: "cat seventh", during: "{ COMMAND; } 7> seventh"),
    Kind(
      testDescription: "a FIFO", making: "mkfifo f; cat f > read & reader=$!",
      looking: "wait $reader; [ -p f ] && cat read"),
  ]

  private func expect(_ option: Option, to kind: Kind, ending code: Int32) async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let script = """
      set -u; touch before; FILE=f
      cp "$RECORDED" e.sqlite
      \(kind.making)
      \(kind.during.replacing("COMMAND", with: option.command))
      echo "code $?"
      ls -A | grep -q 'tmp$' && echo "a draft is left"
      \(kind.looking)
      """
    let answer = try await shell.run(script)
    #expect(answer.exit == .exited(0), "\(answer)")
    #expect(answer.output.hasPrefix("code \(code)\n"), "\(answer)")
    #expect(!answer.output.contains("a draft is left"), "\(answer)")
    #expect(answer.output.contains(option.mark), "\(answer)")
  }

  /// All of it is one mechanism; so not every option is tried with every kind.
  private static let tried =
    kinds.flatMap { kind in [Option.output, .junit].map { ($0, kind) } }
    + (kinds.prefix(4) + kinds.suffix(3)).flatMap { kind in [Option.markdown, .bundle].map { ($0, kind) } }

  @Test(arguments: tried)
  func `is what its path names`(option: Option, kind: Kind) async throws {
    try await expect(option, to: kind, ending: option == .output ? 0 : 2)
  }

  @Test(arguments: [Option.output, .markdown, .junit])
  func `is no device any less for it`(option: Option) async throws {
    // The device of the very numbers that /dev/null has.
    let making = "mknod f c 1 3 && chmod 666 f"
    guard geteuid() == 0 else { return }
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run(
      """
      FILE=f; cp "$RECORDED" e.sqlite
      \(making) || { echo skipped; exit 0; }
      ln -s f link
      for FILE in f link; do \(option.command); echo "code $?"; [ -c f ] && [ -L link ] || echo "f was replaced"; done
      """)
    if answer.output == "skipped\n" { return }
    let code = option == .output ? 0 : 2
    #expect(answer.output == "code \(code)\ncode \(code)\n", "\(answer)")
  }

  @Test(arguments: [Option.output, .markdown, .junit])
  func `is no socket any less for it`(option: Option) async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run(
      """
      cp "$RECORDED" e.sqlite
      python3 - > read <<'PYTHON' &
      import socket, sys
      place = socket.socket(socket.AF_UNIX)
      place.bind('f')
      place.listen()
      peer, _ = place.accept()
      while piece := peer.recv(4096): sys.stdout.buffer.write(piece)
      PYTHON
      reader=$!
      until [ -S f ]; do sleep 0.05; done; sleep 0.1
      FILE=f; \(option.command)
      echo "code $?"
      wait $reader; [ -S f ] && cat read
      """)
    #expect(answer.output.hasPrefix("code \(option == .output ? 0 : 2)\n"), "\(answer)")
    #expect(answer.output.contains(option.mark), "\(answer)")
  }

  @Test(
    arguments: [
      (Option.bundle, "mknod f c 1 3", "something that is no file", 64),
      (.bundle, "mkdir f", "something that is no file", 64), (.output, "mkdir f", "Is a directory", 74),
      (.markdown, "mkdir f", "Is a directory", 2), (.junit, "ln -s f f", "Too many levels", 2),
      (.output, "ln -s f f", "Too many levels", 74), (.output, "ln -s no/such/f f", "No such file", 74),
    ] as [(Option, String, String, Int32)])
  func `that cannot be is said so`(option: Option, making: String, words: String, code: Int32) async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run(
      """
      cp "$RECORDED" e.sqlite
      \(making); before=$(stat -c '%F %i' f); FILE=f; \(option.command); code=$?
      [ "$before" = "$(stat -c '%F %i' f)" ] || echo "f was replaced"; exit $code
      """)
    if making.hasPrefix("mknod"), geteuid() != 0 { return }
    #expect(answer.exit == .exited(code), "\(answer)")
    #expect(answer.errors.contains(words), "\(answer)")
    #expect(answer.output.isEmpty, "\(answer)")
  }

  @Test func `keeps its mode where it is replaced`() async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run(
      """
      cp "$RECORDED" e.sqlite; echo old > f; chmod 640 f
      "$WARMTH" audit export --all --evidence e.sqlite -o f && stat -c %a f
      """)
    #expect(answer.output == "640\n", "\(answer)")
  }

  @Test func `that is mounted by itself is written into`() async throws {
    let shell = try Shell()
    defer { shell.remove() }
    _ = try Lab.mounting("private-nix")
    let answer = try await shell.run(
      """
      echo old > real; echo old > f
      \(Lab.fixtures)/private-nix nix sh -c 'mount --bind real f &&
        "$WARMTH" prove x --nix /none --evidence e.sqlite --markdown f > printed'
      echo "code $?"; cat real
      """)
    #expect(answer.output.hasPrefix("code 2\n## Cache proof"), "\(answer)")
  }

  @Test func `by key generate is new, and install replaces what links lead to`() async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run(
      """
      ln -s nowhere link; mkfifo fifo; echo old > file
      for name in link fifo file; do "$WARMTH" key generate k $name > /dev/null 2>> errors; echo $?; done
      [ -L link ] && [ ! -e nowhere ] && [ -p fifo ] && [ "$(cat file)" = old ] && grep -c 'is there already' errors
      "$WARMTH" key generate k key > /dev/null && stat -c %a key
      mkdir bin; echo old > real; ln -s ../real bin/warmth
      "$WARMTH" install bin && [ -L bin/warmth ] && cmp real "$WARMTH" && stat -c %a real && ls bin
      """)
    #expect(answer.exit == .exited(0), "\(answer)")
    #expect(
      answer.output == "64\n64\n64\n3\n600\n\(shell.path("bin/warmth"))\n755\nwarmth\n"
        || answer.output == "64\n64\n64\n3\n600\nbin/warmth\n755\nwarmth\n", "\(answer)")
  }
}

extension String {
  fileprivate func replacing(_ part: String, with other: String) -> String {
    replacingOccurrences(of: part, with: other)
  }
}
