import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Whoever waits for a result and gets none, or half of it, must not be told that all is well.
@Suite struct `A result that cannot be printed` {
  /// What makes each command print a result: its arguments, in a directory that ``workplace()`` has prepared. A new
  /// command needs a row here, since `covers every command` asks the program for its list.
  private static let rows: [String: [[String]]] = [
    "prove": [["x", "--nix", "/none", "--evidence", "new.sqlite"]],
    "forecast": [[]],
    "classify": [["log"], ["log", "--json"], ["log", "log"]],
    "explain": [["--evidence", "e.sqlite"], ["cold", "--json", "--evidence", "e.sqlite"]],
    "report": [["warm", "--evidence", "e.sqlite"], ["cold", "-o", "FRESH", "--evidence", "e.sqlite"]],
    "attest": [["warm", "--sign-key", "key", "--evidence", "e.sqlite"]],
    "metrics": [["--evidence", "e.sqlite"], ["-o", "FRESH", "--evidence", "e.sqlite"]],
    "reasons": [[], ["nar-missing"]],
    "gate": [["--target", "qemu_kvm", "--evidence", "e.sqlite"]],
    "audit runs": [["--evidence", "e.sqlite"], ["--csv", "--evidence", "e.sqlite"]],
    "audit show": [
      ["warm", "--evidence", "e.sqlite"], ["warm", "--format", "github-output", "--evidence", "e.sqlite"],
      ["cold", "--format", "github", "--evidence", "e.sqlite"],
    ],
    "audit paths": [["--json", "--evidence", "e.sqlite"]],
    "audit history": [["qemu_kvm", "--evidence", "e.sqlite"]],
    "audit caches": [["--evidence", "e.sqlite"]],
    "audit regressions": [["--evidence", "e.sqlite"]],
    "audit sweep": [["all", "--evidence", "e.sqlite"]],
    "audit verify": [["--evidence", "e.sqlite"], ["--head", zeros, "--evidence", "e.sqlite"]],
    "audit import": [
      ["e.sqlite", "--evidence", "other.sqlite"],
      ["e.sqlite", "--join", "all", "--json", "--evidence", "other.sqlite"],
    ],
    "audit export": [["--all", "--evidence", "e.sqlite"]],
    "audit prune": [["--older-than", "1d", "--evidence", "e.sqlite"]],
    "doctor": [["--nix", "/none", "--evidence", "e.sqlite"]],
    "key generate": [["name", "FRESH"]],
    "key public": [["key"], ["key", "--pem"]],
    // It builds nothing in a directory that is open to others, and says so.
    "publish": [["--no-push", "nixpkgs#hello", "--builds-dir", "/tmp"]],
    "job prewarm": [["--no-push", "--profile", "kvm-vm-test", "--warmth-image", "r.example/w:1"]],
    "job prove": [["--warmth-image", "registry.example/warmth:0.1.0", "--profile", "kvm-vm-test"]],
    "builder plan": [machine], "builder start": [machine + ["--evidence", "new.sqlite"]],
    "install": [["FRESH"], ["--system", "--prefix", "FRESH"]],
  ]
  private static let machine = [
    "nixpkgs#hello", "--region", "ewr", "--plan", "vc2-1c-1gb", "--to", "ssh-ng://up@storage.example",
    "--announce", "true", "--known-hosts", "hosts",
  ]
  /// Commands that print nothing before a provider or a machine has answered them.
  private static let asking: Set = [
    "builder status", "builder logs", "builder wait", "builder stop", "builder reap",
  ]
  private static let zeros = String(repeating: "0", count: 64)

  /// A way to lose what is printed.
  enum Loss: CaseIterable {
    case disk, closed, reader
  }

  /// The whole command lines: those of the rows, and what the parser itself prints.
  private static let commands: [[String]] =
    rows.sorted { $0.key < $1.key }.flatMap { name, variants in
      variants.map { name.split(separator: " ").map(String.init) + $0 }
    } + [
      ["--version"], ["--help"], [], ["help"], ["help", "audit"], ["help", "exit-codes"], ["audit"],
      ["prove", "--help"],
      ["audit", "show", "-h"], ["--generate-completion-script", "bash"], ["--experimental-dump-help"],
    ]

  private func workplace() throws -> (shell: Shell, forecast: [String]) {
    let shell = try Shell()
    let scene = try Scene()
    try shell.write(
      "storage.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIWF1Nv6YkNqCC2Tq0LCpF6oYxYC2xFfy2oNUpFXV4yM\n",
      to: "hosts")
    try scene.record(
      in: shell.path("e.sqlite"), as: "warm",
      shard: Shard(
        0, of: 1, of: TargetList(scene.targets.map(\.installable)), in: try SweepName(parsing: "all")))
    var cold = scene
    cold.survey.answers[cold.qemu] = [.init(cache: cold.cache, kind: .absent)]
    cold.ending = .notStarted
    cold.events = []
    cold.targets = [
      Target(
        installable: .flake(reference: "nixpkgs", attribute: "other", outputs: .selected),
        resolution: .path(cold.qemu))
    ]
    try cold.record(in: shell.path("e.sqlite"), as: "cold")
    let copied = "copying path '\(scene.qemu)' from 'https://cache.example'...\n"
    try shell.write(copied, to: "log")
    try shell.write(SigningKey(named: "k").secretText + "\n", to: "key")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: shell.path("key"))
    try FileManager.default.createDirectory(
      atPath: shell.path("cache"), withIntermediateDirectories: true)
    try shell.write("StoreDir: /nix/store\n", to: "cache/nix-cache-info")
    try shell.write(
      Make.narinfoText(scene.glib, signedBy: [scene.key]), to: "cache/\(scene.glib.hashPart).narinfo")
    return (
      shell,
      [
        "\(scene.glib)", "--substituter", "file://\(shell.path("cache"))", "--trusted-public-key",
        scene.key.publicKey,
      ]
    )
  }

  @Test(arguments: commands)
  func `is not 0, whatever was asked`(command: [String]) async throws {
    let (shell, forecast) = try workplace()
    defer { shell.remove() }
    func arguments() -> [String] {
      (command == ["forecast"] ? command + forecast : command).map {
        $0 == "FRESH" ? "fresh-\(UUID().uuidString)" : $0
      }
    }
    let printed = try await shell.run(#"exec "$WARMTH" "$@""#, arguments())
    guard case .exited(let code) = printed.exit, [0, 1, 2].contains(code), !printed.output.isEmpty else {
      Issue.record("it prints no result: \(printed)")
      return
    }
    // One mechanism prints for all commands; so each day, a command is tried with one of the three.
    let number = Self.commands.firstIndex(of: command) ?? 0
    for loss in Effort.isLong ? Loss.allCases : [Loss.allCases[number % Loss.allCases.count]] {
      let lost: Shell.Answer
      switch loss {
      case .disk: lost = try await shell.run(#"exec "$WARMTH" "$@" > /dev/full"#, arguments())
      case .closed: lost = try await shell.run(#"exec "$WARMTH" "$@" >&-"#, arguments())
      case .reader:
        let pipe = try FileDescriptor.pipe()
        try pipe.readEnd.close()
        lost = try await shell.run(#"exec "$WARMTH" "$@""#, arguments(), output: pipe.writeEnd)
      }
      #expect(lost.exit == .exited(code == 0 ? 73 : code), "\(loss): \(lost)")
      // Who has gone away need not be told.
      let complains = lost.errors.contains("warmth: the result could not be printed: ")
      #expect(complains == (loss != .reader), "\(loss): \(lost)")
    }
  }

  @Test func `covers every command`() async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let help = try await shell.run(#"exec "$WARMTH" --experimental-dump-help"#).output
    let root = try JSONDecoder().decode(Help.self, from: Data(help.utf8)).command
    #expect(Set(root.leaves(of: [])) == Set(Self.rows.keys).union(Self.asking).union(["help"]))
  }

  private struct Help: Decodable {
    struct Command: Decodable {
      let commandName: String
      let subcommands: [Command]?

      func leaves(of parents: [String]) -> [String] {
        guard let subcommands else { return [parents.joined(separator: " ")] }
        return subcommands.flatMap { $0.leaves(of: parents + [$0.commandName]) }
      }
    }
    let command: Command
  }

  @Test func `in half is not 0 either`() async throws {
    let (shell, _) = try workplace()
    defer { shell.remove() }
    // A log whose events take more than a page of a full disk does.
    let line =
      "copying path '/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-%d' from 'https://cache.example'..."
    let script = """
      i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); printf "\(line)\\n" $i; done > long
      { "$WARMTH" classify long; echo $? > code; } | head -n 3 > /dev/null; cat code
      """
    let answer = try await shell.run(script)
    #expect(answer.output == "73\n", "\(answer)")
  }

  @Test func `is never printed into a file that took the place of a closed stream`() async throws {
    let (shell, _) = try workplace()
    defer { shell.remove() }
    let answer = try await shell.run(
      """
      "$WARMTH" prove x --nix /none --evidence new.sqlite --markdown r.md <&- >&- 2>&-
      "$WARMTH" audit verify --evidence new.sqlite && head -n 1 r.md
      """)
    #expect(answer.exit == .exited(0), "\(answer)")
    #expect(answer.output.contains("as it was recorded: 1 run"), "\(answer)")
    #expect(answer.output.contains("## Cache proof: inconclusive"), "\(answer)")
  }
}
