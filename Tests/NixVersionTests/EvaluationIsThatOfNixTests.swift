import EndToEndSupport
import Foundation
import Subprocess
import TestSupport
import Testing

/// Flags of an evaluation and sets of attributes: the derivations are those of `nix eval`, and each error is told.
@Suite struct `An evaluation is that of Nix` {
  private struct Row {
    /// What `warmth` is given, with `$PLACE` for the directory.
    let asked: [String]
    /// What `nix eval --raw` is given, once for each derivation.
    let expected: [[String]]
    var errors: [String] = []
  }

  private static let flake = """
    {
      inputs.dep = { url = "path:$PLACE/dep"; flake = false; };
      outputs = { self, dep }: let
        make = name: derivation {
          inherit name; system = "x86_64-linux"; builder = "/bin/sh"; value = builtins.readFile "${dep}/value";
        };
      in {
        packages.x86_64-linux = { a = make "a"; both = make "package"; };
        legacyPackages.x86_64-linux = { b = make "b"; both = make "legacy"; };
        packages.aarch64-linux.a = make "foreign";
        checks.x86_64-linux = {
          c = make "c"; function = x: x; text = "x"; plain.d = make "d";
          nested = { recurseForDerivations = true; e = make "e"; "f.g" = make "g"; };
          throws = throw "no such luck"; aborts = abort "the end"; isHere = builtins.currentTime;
        };
        many = builtins.listToAttrs (map (n: {
          name = "m${toString n}";
          value = if n == 70 then abort "seventy" else if n == 3 then throw "three" else make "m${toString n}";
        }) (builtins.genList (n: n) 80));
        packages.x86_64-linux.now = make "now${toString (builtins.currentTime * 0)}";
      };
    }
    """
  private static let file = """
    { n ? "d", s ? "x", ... }@all: let
      make = name: derivation { inherit name n; system = builtins.currentSystem; builder = "/bin/sh"; };
    in {
      ok = make "ok-${s}";
      searched = make "searched-${import <found>}";
      nest = { deep ? "1" }: { recurseForDerivations = true; y = make "y-${deep}"; };
      needs = { missing }: make missing;
    }
    """

  private static let rows: [Row] = {
    let flake = "path:$PLACE/flake"
    let deep = ["--no-write-lock-file"]
    return [
      Row(
        asked: ["\(flake)#checks.x86_64-linux"],
        expected: ["c", "nested.e", "nested.\"f.g\""].map {
          deep + ["\(flake)#checks.x86_64-linux.\($0).drvPath"]
        },
        errors: ["no such luck", "the end", "currentTime"]),
      Row(
        asked: ["\(flake)#many"], expected: [deep + ["\(flake)#many.m79.drvPath"]],
        errors: ["three", "seventy"]),
      Row(
        asked: ["a", "b", "both", "checks.x86_64-linux.c", "nowhere"].map { "\(flake)#\($0)" },
        expected: ["a", "b", "both", "checks.x86_64-linux.c"].map { deep + ["\(flake)#\($0).drvPath"] },
        errors: ["does not provide attribute"]),
      Row(
        asked: ["\(flake)#a", "--override-input", "dep", "path:$PLACE/dep2"],
        expected: [deep + ["--override-input", "dep", "path:$PLACE/dep2", "\(flake)#a.drvPath"]]),
      Row(
        asked: ["\(flake)#a", "\(flake)#packages.x86_64-linux.b", "--system", "aarch64-linux"],
        expected: [deep + ["--system", "aarch64-linux", "\(flake)#a.drvPath"]],
        errors: ["does not provide attribute"]),
      Row(
        asked: ["\(flake)#now", "--impure"], expected: [deep + ["--impure", "\(flake)#now.drvPath"]]),
      Row(asked: ["\(flake)#now"], expected: [], errors: ["currentTime"]),
      Row(
        asked: ["-f", "$PLACE/file.nix", "--argstr", "n", "z\"$", "--arg", "s", "toString (1 + 2)"],
        expected: [
          ["-f", "$PLACE/file.nix", "--argstr", "n", "z\"$", "--arg", "s", "toString (1 + 2)", "ok.drvPath"],
          ["-f", "$PLACE/file.nix", "--argstr", "n", "z\"$", "nest.y.drvPath"],
        ], errors: ["found"]),
      Row(
        asked: ["-f", "$PLACE/file.nix", "searched", "-I", "found=$PLACE/found.nix", "nest.y", "ok"],
        expected: [
          ["-f", "$PLACE/file.nix", "-I", "found=$PLACE/found.nix", "searched.drvPath"],
          ["-f", "$PLACE/file.nix", "nest.y.drvPath"], ["-f", "$PLACE/file.nix", "ok.drvPath"],
        ]),
      Row(
        asked: ["--expr", "import $PLACE/file.nix { n = \"e\"; }", "ok", "--impure"],
        expected: [["--impure", "--expr", "import $PLACE/file.nix { n = \"e\"; }", "ok.drvPath"]]),
      Row(
        asked: ["\(flake)#checks"], expected: [], errors: ["recurseForDerivations = true"]),
    ]
  }()

  private struct Plan: Decodable {
    struct Target: Decodable {
      let installable: String
      let derivation: String?
    }
    struct Unresolved: Decodable { let error: String }
    let targets: [Target]
    let unresolved: [Unresolved]
  }

  /// All in one store, because each Nix takes its time to lay one out.
  @Test func `with every flag, and of every set`() async throws {
    let lab = try await Lab.shared
    let place = lab.scratch("evaluation")
    for directory in ["flake", "dep", "dep2"] {
      try FileManager.default.createDirectory(
        atPath: "\(place)/\(directory)", withIntermediateDirectories: true)
    }
    for (name, text) in [
      ("flake/flake.nix", Self.flake), ("dep/value", "1"), ("dep2/value", "2"), ("file.nix", Self.file),
      ("found.nix", "\"it\""),
    ] {
      try Data(text.replacing("$PLACE", with: place).utf8).write(to: URL(filePath: "\(place)/\(name)"))
    }
    func command(_ words: [String]) -> String {
      words.map { "'\($0.replacing("$PLACE", with: place))'" }.joined(separator: " ")
    }
    let script = Self.rows.enumerated().map { number, row in
      "{ \"$WARMTH\" forecast --plan --json --nix \"$NIX\" \(command(row.asked)) > '\(place)/\(number).json' 2> '\(place)/\(number).said'; :; }"
        + row.expected.map {
          "; { \"$NIX\" eval --raw \(command($0)) && echo; } >> '\(place)/\(number).drvs' 2>> '\(place)/\(number).err'"
        }.joined()
    }.joined(separator: "\n")
    // What a run of a set records reads back, with its flags.
    let recording = """
      { "$WARMTH" prove -f '\(place)/file.nix' --argstr token hunter2 --arg s '"q"' --nix "$NIX" --json \
        --evidence '\(place)/e.sqlite' > '\(place)/proof.json' 2> '\(place)/proof.said'; :; }
      "$WARMTH" audit show --evidence '\(place)/e.sqlite' > '\(place)/shown' 2>&1
      { "$WARMTH" gate -f '\(place)/file.nix' --argstr token hunter2 --arg s '"q"' --nix "$NIX" --json \
        --evidence '\(place)/e.sqlite' > '\(place)/gate.json' 2>&1; :; }
      """
    let result = try await Trial(
      arguments: ["--version"], before: "{ \(script)\n\(recording)\n}", environment: ["WARMTH": lab.warmth],
      configuration: "substituters =\n"
    ).run(in: lab)
    try #require(result.exit == .exited(0), "\(result.errors)")
    func text(_ name: String) -> String {
      (try? String(contentsOfFile: "\(place)/\(name)", encoding: .utf8)) ?? ""
    }

    for (number, row) in Self.rows.enumerated() {
      let said = text("\(number).said")
      let plan = try #require(
        try? JSONDecoder().decode(Plan.self, from: Data(text("\(number).json").utf8)), "\(row.asked): \(said)"
      )
      let expected = Set(text("\(number).drvs").split(separator: "\n").map(String.init))
      let found = Set(plan.targets.compactMap(\.derivation))
      #expect(expected.count == row.expected.count, "\(row.asked): \(text("\(number).err"))")
      if row.asked.contains(where: { $0.hasSuffix("#many") }) {
        #expect(found.count == 78 && expected.isSubset(of: found), "\(plan)")
      } else {
        #expect(found == expected, "\(row.asked): \(plan)")
      }
      #expect(plan.unresolved.count == row.errors.count, "\(row.asked): \(plan.unresolved)")
      for error in row.errors {
        #expect(plan.unresolved.contains { $0.error.contains(error) }, "\(row.asked): \(plan.unresolved)")
      }
    }

    let proof = text("proof.json")
    let proved = try #require(try? JSONDecoder().decode(ProvedDocument.self, from: Data(proof.utf8)))
    let names = Set(proved.targets.map { $0.installable.split(separator: " ").first.map(String.init) ?? "" })
    #expect(
      names == Set(["ok", "nest.y", "searched"].map { "\(place)/file.nix#\($0)" }), "\(text("proof.said"))")
    #expect(text("shown").contains("evaluated by --arg s '\"q\"' --argstr token '***'"), "\(text("shown"))")
    for name in ["proof.json", "proof.said", "shown", "gate.json"] {
      #expect(!text(name).contains("hunter2"))
    }
    // The gate finds the run by the outputs of what was in the set.
    #expect(text("gate.json").contains(proved.run.id), "\(text("gate.json"))")
  }
}
