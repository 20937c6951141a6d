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
    #expect(derivation.environment["quote"] == "a\"b\\c\nd")
    #expect(!derivation.allowsSubstitutes)
  }

  @Test func `that are cut anywhere are refused`() {
    let bytes = Array(Self.text.utf8)
    for length in 0..<bytes.count {
      #expect(throws: DerivationError.self) { try Derivation(parsing: bytes[..<length]) }
    }
    #expect(throws: DerivationError.self) { try Derivation(parsing: bytes + [0x20]) }
  }
}
