import Foundation
import NixModel
import Testing

@testable import NixCommand

@Suite struct `Versions of Nix` {
  @Test(arguments: [
    ("nix (Nix) 2.8.0\n", "2.8.0"), ("nix (Nix) 2.34.8", "2.34.8"),
    ("nix (Nix) 2.19pre20231010_abcdef", "2.19pre20231010_abcdef"),
    ("nix (Determinate Nix 3.0.0) 2.26.1", "2.26.1"), ("nix (Lix, like Nix) 2.91.0", "2.91.0"),
  ])
  func `are read`(output: String, version: String) { #expect(NixVersion(parsing: output)?.text == version) }

  @Test(arguments: ["", "nix", "bash 5", "nix (Nix) x.y"])
  func `that are none are refused`(output: String) { #expect(NixVersion(parsing: output) == nil) }

  @Test func `are ordered by number`() throws {
    let old = try #require(NixVersion(parsing: "nix (Nix) 2.3.16"))
    #expect(old < .oldestSupported)
    #expect(NixVersion(2, 9) < NixVersion(2, 15))
    #expect(try #require(NixVersion(parsing: "nix (Nix) 2.8.0")) >= .oldestSupported)
  }
}

@Suite struct `Path infos` {
  private let path: StorePath
  private let hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
  init() throws { path = try StorePath(parsing: "/nix/store/7h7qgvs4kgzsn8a6rb273saxyqh4jxlz-hello") }

  private func parse(_ json: String) throws -> [StorePath: Registration] {
    try PathInfo.parse(Data(json.utf8), of: [path])
  }

  @Test func `are read in the shape of 2.8`() throws {
    let found = try parse(
      #"[{"path":"\#(path)","narHash":"\#(hash)","narSize":120,"references":["\#(path)"],"ultimate":true,"valid":true}]"#
    )
    #expect(found[path]?.isUltimate == true)
    #expect(found[path]?.references == [path])
    #expect(try parse(#"[{"path":"\#(path)","valid":false}]"#).isEmpty)
  }

  @Test func `are read in the shape of 2.19 and later`() throws {
    let found = try parse(
      #"{"\#(path)":{"narHash":"\#(hash)","narSize":120,"references":[],"signatures":[],"ultimate":false,"ca":null}}"#
    )
    #expect(found[path]?.isUltimate == false)
    #expect(try parse(#"{"\#(path)":null}"#).isEmpty)
  }

  @Test(arguments: ["", "{}", "[]", "[{}]", "{\"x\":1}", "null"])
  func `that say nothing of a path are an error, not its absence`(json: String) {
    #expect(throws: NixError.self) { try parse(json) }
  }
}

@Suite struct `Settings for Nix` {
  @Test func `come after the user's and keep credentials out of arguments`() throws {
    let url = try SubstituterURL(parsing: "http://u:hunter2@cache.example?priority=3")
    let text = NixConfiguration(
      substituters: [url], keys: TrustedKeys([]), substitutes: true, version: NixVersion(2, 34)
    )
    .appended(to: "substituters = http://other")
    let lines = text.split(separator: "\n")
    #expect(lines.first == "substituters = http://other")
    #expect(lines.contains("substituters = http://u:hunter2@cache.example?priority=3"))
    #expect(lines.contains("accept-flake-config = false"))
    #expect(lines.contains("narinfo-cache-negative-ttl = 0"))
  }
}

@Suite struct `Derivations` {
  private static let text =
    #"Derive([("dev","/nix/store/n142maj1in2889rkah88770bf4z0zwz4-l-dev","",""),("out","","r:sha256","")],[("/nix/store/035zxq7i605581bvbqfs3na1jvkiaw10-a.drv",["out","dev"])],["/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-s"],"x86_64-linux","/bin/sh",["-e","x"],[("allowSubstitutes",""),("quote","a\"b\\c\nd")])"#

  @Test func `are read`() throws {
    let derivation = try Derivation(parsing: Self.text.utf8)
    #expect(derivation.outputs["dev"]??.name == "l-dev")
    #expect(derivation.outputs["out"] == .some(nil))
    #expect(derivation.inputDerivations.values.first == ["out", "dev"])
    #expect(derivation.inputSources.count == 1)
    #expect(derivation.traits.fingerprints.keys.sorted() == ["allowSubstitutes", "args", "builder", "quote"])
    #expect(!derivation.allowsSubstitutes)
  }

  /// A derivation with one variable.
  private func derivation(_ name: String, _ value: String) throws -> Derivation {
    let quoted = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    let text = #"Derive([("out","","r:sha256","")],[],[],"s","/bin/sh",[],[("\#(name)","\#(quoted)")])"#
    return try Derivation(parsing: text.utf8)
  }

  @Test(arguments: [
    ("allowSubstitutes", "", false), ("allowSubstitutes", "1", true), ("other", "", true),
    ("__json", #"{"allowSubstitutes":false,"name":"x"}"#, false),
    ("__json", #"{"allowSubstitutes":true}"#, true), ("__json", #"{"name":"allowSubstitutes"}"#, true),
  ])
  func `say whether they may be substituted, with structured attributes too`(
    name: String, value: String, allows: Bool
  ) throws {
    #expect(try derivation(name, value).allowsSubstitutes == allows)
  }

  @Test func `are told apart by what they say, and not by which store paths they name`() throws {
    let one = "run /nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-s-1.0/bin/s -v"
    let other = "run /nix/store/n142maj1in2889rkah88770bf4z0zwz4-s-1.1/bin/s -v"
    #expect(try derivation("cmd", one).traits == derivation("cmd", other).traits)
    #expect(try derivation("cmd", one).traits != derivation("cmd", one + "v").traits)
    // Nothing of the value itself is kept.
    #expect(try !"\(derivation("cmd", "hunter2"))".contains("hunter2"))
  }

  @Test func `that are cut anywhere are refused`() {
    let bytes = Array(Self.text.utf8)
    for length in 0..<bytes.count {
      #expect(throws: DerivationError.self) { try Derivation(parsing: bytes[..<length]) }
    }
    #expect(throws: DerivationError.self) { try Derivation(parsing: bytes + [0x20]) }
  }
}

@Suite struct `Where settings were set` {
  @Test func `is told by file and line, the deciding place last`() {
    let files = [
      "/etc/nix/nix.conf": "# a\nsubstitute = true\nsubstituters = http://a\ninclude more.conf\n",
      "/etc/nix/more.conf": "\nextra-substituters = http://b # and more\n",
      "/home/me/.config/nix/nix.conf": "substitute = false\n",
    ]
    let origins = SettingOrigins(
      environment: ["HOME": "/home/me", "NIX_CONFIG": "builders =\nrequire-sigs = false"]
    ) { files[$0] }
    #expect(origins.place(of: "substitute") == "/home/me/.config/nix/nix.conf, line 1")
    #expect(
      origins.place(of: "substituters") == "/etc/nix/nix.conf, line 3 and /etc/nix/more.conf, line 2")
    #expect(origins.place(of: "require-sigs") == "the environment variable NIX_CONFIG, line 2")
    #expect(origins.place(of: "fallback") == nil)
  }

  @Test func `is not looked for in circles`() {
    let origins = SettingOrigins(environment: ["NIX_CONF_DIR": "/c"]) {
      $0 == "/c/nix.conf" ? "include nix.conf\nsubstitute = false\n" : nil
    }
    #expect(origins.place(of: "substitute") == "/c/nix.conf, line 2")
  }
}
