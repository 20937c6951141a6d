import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// The evidence store's file, by whatever name, is nobody else's.
@Suite struct `The file of the evidence` {
  /// Two files of one command that are one.
  struct Clash: Sendable, CustomTestStringConvertible {
    /// Shell commands before it.
    let making: String
    /// The options of `prove`, or another command line.
    let command: String
    /// What the refusal says.
    let words: String
    var testDescription: String { "\(making); \(command)" }

    init(_ making: String, _ command: String, _ words: String) {
      (self.making, self.command, self.words) = (making, command, words)
    }
  }

  private static let recorded = #"cp "$RECORDED" e.sqlite"#

  static let clashes = [
    // On a first run, where there is no evidence yet.
    Clash("ln -s e.sqlite r", "prove --junit r", "--junit names 'r', where the evidence is"),
    Clash("ln -s e.sqlite r", "prove --markdown ./r", "--markdown names './r', where the evidence is"),
    Clash("ln -s e.sqlite r", "prove --bundle-file r", "--bundle-file names 'r', where the evidence is"),
    Clash("ln -s \"$PWD/e.sqlite\" a; ln -s a r", "prove --junit r", "where the evidence is"),
    Clash("mkdir d; ln -s d c", "prove --evidence d/e.sqlite --junit c/e.sqlite", "where the evidence is"),
    Clash("ln -s real.sqlite s", "prove --evidence s --junit real.sqlite", "where the evidence is"),
    Clash("ln -s real.sqlite s", "prove --evidence s --junit real.sqlite-journal", "the evidence's journal"),
    Clash("true", "prove --evidence d/../e.sqlite --junit e.sqlite", "where the evidence is"),
    Clash("mkdir d", "prove --evidence d/../e.sqlite --junit e.sqlite", "where the evidence is"),
    Clash("true", "prove --junit e.sqlite-journal", "where the evidence's journal is"),
    Clash("true", "prove --markdown e.sqlite-wal", "where the evidence's wal is"),
    Clash("ln -s e.sqlite-journal r", "prove --junit r", "where the evidence's journal is"),
    Clash("exec 7>> r", "prove --evidence /dev/fd/7 --junit r", "where the evidence is"),
    // Where there is some.
    Clash(recorded + "; ln e.sqlite r", "prove --junit r", "--junit names 'r', where the evidence is"),
    Clash(recorded + "; ln e.sqlite r", "prove --bundle-file r", "where the evidence is"),
    Clash(recorded + "; ln -s e.sqlite r", "prove --junit r", "where the evidence is"),
    Clash(recorded, "prove --junit e.sqlite", "where the evidence is"),
    // What a forge has its files for.
    Clash(recorded + "; export GITHUB_OUTPUT=e.sqlite", "prove", "$GITHUB_OUTPUT names"),
    Clash("ln -s e.sqlite r; export GITHUB_STEP_SUMMARY=r", "prove", "$GITHUB_STEP_SUMMARY names 'r'"),
    Clash("touch r; export GITHUB_OUTPUT=r", "prove --junit r", "where $GITHUB_OUTPUT is"),
    // The streams.
    Clash(": > r; exec >> r", "prove --junit r", "--junit names 'r', where standard output is"),
    Clash("exec >> e.sqlite", "prove", "the evidence names 'e.sqlite', where standard output is"),
    Clash(": > r; exec >> r", "prove --junit /dev/stdout --markdown r", "--markdown names 'r'"),
    // What is read.
    Clash("echo 'builds: stop' > p; ln p r", "prove --policy p --junit r", "where the policy is"),
    Clash("echo x > t; ln -s t r", "prove --targets-from t --bundle-file r", "where the list of targets is"),
    Clash("echo {} > x.nix", "prove -f x.nix --markdown ./x.nix", "where the Nix file is"),
    Clash(
      #""$WARMTH" key generate k key > /dev/null; ln key r"#, "prove --sign-key key --junit r",
      "where the secret key is"),
    // Two that are written.
    Clash("ln -s a b", "prove --markdown a --junit b", "--junit names 'b', where --markdown is"),
    Clash("echo x > a; ln a b", "prove --markdown a --bundle-file b", "--bundle-file names 'b'"),
    Clash("mkdir d; ln -s d c", "prove --markdown d/a --junit c/a", "where --markdown is"),
    // Another command.
    Clash(recorded, "audit export --all -o e.sqlite", "--output names 'e.sqlite', where the evidence is"),
    Clash(recorded + "; ln -s e.sqlite r", "audit export --all -o r", "where the evidence is"),
    Clash(recorded + "; ln e.sqlite r", "audit export --all -o r", "where the evidence is"),
    Clash(recorded + "; ln -s e.sqlite r", "audit import r", "is the store that is imported into"),
  ]

  @Test(arguments: clashes)
  func `is no other file of the command`(clash: Clash) async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let evidence = clash.command.contains("--evidence") ? "" : " --evidence e.sqlite"
    let command = clash.command.replacingOccurrences(of: "prove", with: "prove x --nix /none") + evidence
    let answer = try await shell.run(
      """
      ( \(clash.making)
      sum() { cat e.sqlite key p t x.nix 2> /dev/null | cksum; }
      before=$(sum); "$WARMTH" \(command); echo "code $?" >&2
      [ "$before" = "$(sum)" ] || [ ! -s r ] || echo "something has changed" >&2
      grep -q testsuites * && echo "a report is there" >&2 )
      """)
    #expect(answer.errors.contains("code 64"), "\(answer)")
    #expect(answer.errors.contains(clash.words), "\(answer)")
    #expect(!answer.errors.contains("a report is there"), "\(answer)")
    #expect(!answer.errors.contains("something has changed"), "\(answer)")
  }

  @Test(arguments: [
    "--markdown /dev/null --junit /dev/null", "--markdown /dev/stdout > log", "--junit r > log 2>&1",
    "--markdown m --junit j --bundle-file b", "--policy <(echo 'builds: stop') --targets-from <(echo y)",
  ])
  func `may have any others beside it`(options: String) async throws {
    let shell = try Shell()
    defer { shell.remove() }
    try shell.write(
      """
      export GITHUB_OUTPUT=o GITHUB_STEP_SUMMARY=o
      "$WARMTH" prove x --nix /none --evidence e.sqlite \(options)
      """, to: "script")
    let answer = try await shell.run("bash script; echo $? > code; cat code log 2> /dev/null")
    #expect(answer.output.contains("2\n"), "\(answer)")
    // The result is not lost behind the report that went the same way.
    if options.contains("stdout") {
      #expect(answer.output.contains("\nrun 2") && answer.output.contains("## Cache proof"), "\(answer)")
    }
  }

  @Test(
    arguments: [
      "prove x --nix /none", "audit runs", "audit verify", "gate --target x", "explain", "audit export --all",
      "audit prune --older-than 1d", "audit import other.sqlite",
    ].map { ($0, "mkfifo e") } + [
      ("prove x --nix /none", "ln -s /dev/null e"), ("audit runs", "ln -s /dev/zero e"),
      ("prove x --nix /none", "mknod e c 1 5"), ("audit runs", "mkdir e"), ("prove x --nix /none", "mkdir e"),
      ("prove x --nix /none", "mkfifo f; ln -s f e"),
      ("audit runs", "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"e\")'"),
    ])
  func `is none that is no file`(command: String, making: String) async throws {
    if making.hasPrefix("mknod"), geteuid() != 0 { return }
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run(
      """
      cp "$RECORDED" other.sqlite
      \(making); "$WARMTH" \(command) --evidence e
      """)
    #expect(answer.exit == .exited(74), "\(answer)")
    let words = making == "mkdir e" ? "is a directory" : "and no file"
    #expect(answer.errors.contains("'e' ") && answer.errors.contains(words), "\(answer)")
  }

  @Test(arguments: ["mkfifo e", "ln -s /dev/zero e"])
  func `is not imported from where it cannot be read twice`(making: String) async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run("\(making); exec \"$WARMTH\" audit import e --evidence new.sqlite")
    #expect(answer.exit == .exited(74), "\(answer)")
    #expect(answer.errors.contains("and no file"), "\(answer)")
    #expect(!FileManager.default.fileExists(atPath: shell.path("new.sqlite")))
  }

  @Test(arguments: [
    ":memory:", "file:x.sqlite?mode=memory", "file:x.sqlite", "FILE:y", "~", "~/q.sqlite",
    "a?b#c%41 d.sqlite",
    "%2e%2e", "e&f;g", "\"'", "\\x", "d?/e#f.sqlite", "é.sqlite",
  ])
  func `has the name that was given`(name: String) async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run(
      """
      mkdir 't?m#p%41'; TMPDIR="$PWD/t?m#p%41"; export TMPDIR
      "$WARMTH" prove x --nix /none --evidence "$1" > /dev/null; echo $?
      [ -s "./$1" ] && "$WARMTH" audit verify --evidence "$1" | head -c 25; echo
      "$WARMTH" audit export --all --evidence "$1" > bundle && "$WARMTH" audit import "$1" bundle --evidence other
      ls "$TMPDIR"
      """, [name])
    #expect(answer.exit == .exited(0), "\(answer)")
    #expect(
      answer.output
        == "2\nas it was recorded: 1 run\n1 run imported, 1 known already, from 2 stores\n", "\(answer)")
  }

  @Test func `has a name`() async throws {
    let shell = try Shell()
    defer { shell.remove() }
    for command in ["prove x --nix /none", "audit runs"] {
      let answer = try await shell.run("exec \"$WARMTH\" \(command) --evidence ''")
      #expect(answer.exit == .exited(74), "\(answer)")
      #expect(answer.errors.contains("evidence store "), "\(answer)")
    }
  }

  @Test(
    arguments: [
      (#"echo 'builds: stop' > f"#, "prove x --nix /none --evidence e.sqlite --policy f", 2, "run 2"),
      (#"echo x > f"#, "prove --targets-from f --nix /none --evidence e.sqlite", 2, "run 2"),
      (
        #"echo "copying path '/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu' from 'https://c.example'..." > f"#,
        "classify f", 0, "1 copied"
      ),
      (
        #"echo 'builds: stop' > f"#,
        "job prove --warmth-image registry.example/warmth:0.1.0 --policy f nixpkgs#qemu", 0, "builds: stop"
      ),
      (
        #"echo nixpkgs#qemu > f"#,
        "job prove --warmth-image registry.example/warmth:0.1.0 --targets-from f", 0, "nixpkgs#qemu"
      ),
    ] as [(String, String, Int32, String)])
  func `aside, what is read once may come out of a FIFO`(
    writing: String, command: String, code: Int32, words: String
  ) async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run("mkfifo f; (\(writing)) & exec \"$WARMTH\" \(command)")
    #expect(answer.exit == .exited(code), "\(answer)")
    #expect(answer.output.contains(words), "\(answer)")
  }
}
