import Foundation
import NixModel
import TestSupport
import Testing

/// Nix's flags of an evaluation, as a part of a target.
@Suite struct `Flags of an evaluation` {
  private static func flags(_ words: [String]...) throws -> EvaluationFlags {
    try JSONDecoder().decode(EvaluationFlags.self, from: JSONEncoder().encode(words))
  }

  @Test func `are settings, arguments, or both, as Nix takes them`() throws {
    let flags = try Self.flags(
      ["--impure"], ["--arg", "config", "{ a = 1; }"], ["--argstr", "salt", #"a"b${c}\"#], ["-I", "x=/y"],
      ["--override-input", "nixpkgs", "path:/p"], ["--system", "aarch64-linux"],
      ["--option", "cores", "2"])
    #expect(flags.settings.map(\.name) == ["system", "cores"])
    #expect(flags.settings.map(\.value) == ["aarch64-linux", "2"])
    #expect(
      flags.arguments == [
        "--impure", "--arg", "config", "{ a = 1; }", "--argstr", "salt", #"a"b${c}\"#, "-I", "x=/y",
        "--override-input", "nixpkgs", "path:/p",
      ])
    #expect(
      flags.automaticArguments == "{ \"config\" = ({ a = 1; }\n); \"salt\" = \"a\\\"b\\${c}\\\\\"; }")
    #expect(
      flags.description
        == "--impure --arg config '{ a = 1; }' --argstr salt 'a\"b${c}\\' -I x=/y --override-input nixpkgs path:/p --system aarch64-linux --option cores 2"
    )
  }

  @Test(arguments: [
    ["--impure", "x"], ["--arg", "x"], ["--arg", "", "x"], ["--option", "a", "b\nsubstituters = x"],
    ["--system", "a\nb"], ["--argstr", "a", "\u{1B}"], ["--commit-lock-file"], [],
  ])
  func `are refused where Nix would take them otherwise`(words: [String]) throws {
    #expect(throws: (any Error).self) { try Self.flags(words) }
  }

  @Test func `show no secret`() throws {
    let flags = try Self.flags(
      ["--argstr", "apiToken", "hunter2"], ["--option", "access-tokens", "github.com=hunter2"],
      ["--override-input", "a", "git+https://me:hunter2@git.example/x"],
      ["--arg", "password", "\"hunter2\""],
      ["--option", "secret-key-files", "/k"])
    let shown = flags.redacted.description
    #expect(!shown.contains("hunter2") && shown.contains("secret-key-files /k"), "\(shown)")
    #expect(flags.secrets == ["hunter2", "github.com=hunter2", "\"hunter2\""])
    let known = KnownSecrets()
    known.learn("hunter2-hunter2-hunter2")
    let given = try Self.flags(["-I", "x=/hunter2-hunter2-hunter2"])
    #expect(Redaction.$known.withValue(known) { given.exposing } == .include)
  }

  @Test func `make another target of an installable`() throws {
    let flags = try Self.flags(["--impure"])
    let plain = try Installable(parsing: "nixpkgs#hello^out")
    let flagged = plain.evaluated(by: flags)
    #expect(flagged.description == "nixpkgs#hello^out --impure")
    #expect(flagged.attribute == plain.attribute && flagged.source == plain.source)
    #expect(flagged.isNamed("hello^out") && !flagged.isNamed("nixpkgs#hello^out"))
    #expect(try JSONDecoder().decode(Installable.self, from: JSONEncoder().encode(flagged)) == flagged)
    // What is not evaluated has no flags.
    let path = Installable.path(try Make.path("a-1"))
    #expect(path.evaluated(by: flags) == path)
    let expression = try Installable(parsing: "a.b", of: .expression("import ./x { }"))
    #expect(expression.description == "--expr 'import ./x { }'#a.b")
    #expect(
      expression.evaluated(by: flags).words.map(\.shellWord).joined(separator: " ")
        == "--expr 'import ./x { }' a.b --impure")
  }

  @Test func `leave an attribute in the set that was asked for`() throws {
    let set = try Installable(parsing: ".#checks.x86_64-linux")
    for (name, isIn) in [
      (".#checks.x86_64-linux.a", true), (".#checks.x86_64-linuxen", false), (".#checks", false),
      ("x#checks.x86_64-linux.a", false), (".#checks.x86_64-linux.a^out", false),
    ] {
      #expect(try Installable(parsing: name).isAttribute(of: set) == isIn, "\(name)")
    }
  }
}
