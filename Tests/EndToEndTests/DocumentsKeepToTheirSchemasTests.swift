import EndToEndSupport
import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Every document that a command prints on one machine, against `docs/schema`.
@Suite struct `Documents keep to their schemas` {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Names of files, and the commands that print them. `$LAB`, `$FILE` and `$PLACE` are directories and files of the lab,
  /// and `$o` names its cache and key.
  private static let commands: [(name: String, command: String)] = [
    ("run", #"prove -f "$FILE" qemu libguestfs --arg salt '""' $o"#),
    ("run-cold", #"prove -f "$FILE" libguestfs nowhere $o --substituter http://127.0.0.1:9 --builds forbid"#),
    ("run-shown", "audit show"),
    ("run-first", #"audit show "$("$WARMTH" audit runs --csv | sed -n '3s/,.*//p')""#),
    ("forecast", #"forecast -f "$FILE" libguestfs heavy nowhere $o --recursive --nars"#),
    ("plan", #"forecast --plan -f "$FILE" libguestfs heavy nowhere $o"#),
    ("plan-against", #"forecast --plan --against "$PLACE/plan.json" -f "$FILE" heavy --arg salt '"x"' $o"#),
    ("gate", #"gate -f "$FILE" qemu heavy nowhere"#), ("gate-named", "gate -t qemu --runners 2"),
    ("gate-changed", #"gate -f "$FILE" qemu --arg salt '"y"'"#), ("explanation", "explain"),
    ("explanation-path", "explain latest libguestfs-1.54.1"), ("runs", "audit runs"),
    ("page", "audit runs --limit 1"), ("paths", "audit paths --run latest"), ("caches", "audit caches"),
    ("regressions", "audit regressions"), ("verification", "audit verify"), ("history", "audit history qemu"),
    ("publications", "audit runs --publications"), ("builds", "audit runs --builds"),
    ("prune", "audit prune --keep-last 1 --dry-run"),
    ("import", #"audit import "$PLACE/all.bundle" --evidence "$PLACE/other.sqlite""#),
    ("log", #"classify "$PLACE/log""#), ("logs", #"classify "$PLACE/log" "$PLACE/log""#),
    ("doctor", "doctor $o"), ("sweep", "audit sweep nightly"),
  ]

  @Test func `with keys that are described, and no others`() async throws {
    let lab = try await Lab.shared
    let place = lab.scratch("documents")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    // Whatever the answer is, there is a document.
    let lines = Self.commands.map { name, command in
      let extra =
        switch name {
        case "import":
          #""$WARMTH" audit export --all -o "$PLACE/all.bundle" 2> "$PLACE/export.err""#
        case "log": #"cp "$PLACE/kept.log" "$PLACE/log""#
        case "sweep":
          #"{ "$WARMTH" prove -f "$FILE" qemu $o --shard 0/1 --sweep nightly > "$PLACE/shard" 2>&1; :; }"#
        default: ":"
        }
      let kept = name == "run" ? #" --log-file "$PLACE/kept.log""# : ""
      return
        "\(extra)\n{ \"$WARMTH\" \(command)\(kept) --json > \"$PLACE/\(name).json\" 2> \"$PLACE/\(name).err\" || [ $? -le 2 ]; } || { cat \"$PLACE/\(name).err\" >&2; exit 9; }"
    }
    let result = try await Trial(
      arguments: ["--version"],
      before: """
        set -f; o='--substituter file://\(lab.directory)/cache --trusted-public-key \(lab.publicKey)'
        export WARMTH_EVIDENCE="$PLACE/e.sqlite" PATH="$PLACE/bin:$PATH"; mkdir "$PLACE/bin"
        ln -s "$(command -v "$NIX")" "$PLACE/bin/nix"
        \(lines.joined(separator: "\n"))
        :
        """,
      environment: ["PLACE": place, "WARMTH": lab.warmth, "FILE": "\(Lab.fixtures)/lab.nix"]
    ).run(in: lab)
    try #require(result.exit == .exited(0), "\(result.errors)")
    let lists = "\(Self.root)/Tests/ReportingTests/Fixtures/Lists"
    let kept = try FileManager.default.contentsOfDirectory(atPath: lists).filter { $0.hasSuffix(".json") }
    let validation = try await Subprocess.run(
      .path(FilePath("\(Lab.fixtures)/validate-documents")),
      arguments: Arguments(
        ["\(Self.root)/docs/schema"] + Self.commands.map { "\(place)/\($0.name).json" }
          + kept.map { "\(lists)/\($0)" }),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    try #require(validation.terminationStatus == .exited(0), "\(validation.standardError)")
    let faults = validation.standardOutput.split(separator: "\n").filter { !$0.hasPrefix("used: ") }
    #expect(faults == ["unused: "], "\(faults.joined(separator: "\n"))")
  }
}
