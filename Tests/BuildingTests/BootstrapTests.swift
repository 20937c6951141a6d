import Crypto
import Foundation
import NixModel
import TestSupport
import Testing

@testable import Building

/// What a machine is given.
@Suite struct `The bootstrap of a builder` {
  /// Unpacks it as the machine does.
  private func unpacked(_ plan: BuilderPlan) throws -> String {
    let folder = Scratch.path("bootstrap")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(plan.request.userData.utf8).write(to: URL(filePath: "\(folder)/user-data"))
    let result = try Shell.run(
      "cd \(folder) && base64 -d user-data > b && echo \"\(plan.identity.bootstrap)  b\" | sha256sum -c --status && tar xzf b && rm b user-data"
    )
    #expect(result.status == 0, "\(result.output)")
    return folder
  }

  @Test func `is unpacked by the tools of the machine, and has the digest that is on the command line`()
    throws
  {
    let plan = try Sample.plan()
    let folder = try unpacked(plan)
    let files = Set(try FileManager.default.subpathsOfDirectory(atPath: folder)).subtracting([
      "units", "units/nix-daemon.service.d", "units/systemd-journal-gatewayd.socket.d",
    ])
    #expect(files == Set(plan.files.keys).union(plan.secrets.keys))
    for (name, text) in plan.files {
      #expect(try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) == text)
    }
    #expect(plan.request.userData.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test func `has a key that ssh can read, whose public half is the recorded one`() throws {
    let plan = try Sample.plan()
    let folder = try unpacked(plan)
    for (file, key) in [("host-key", plan.identity.hostKey), ("upload-key", plan.identity.uploadKey ?? "")] {
      let result = try Shell.run("ssh-keygen -y -f \(folder)/\(file)")
      #expect(
        result.output.split(separator: " ").prefix(2).joined(separator: " ").trimmingCharacters(in: .newlines)
          == key)
    }
    let signing = try SigningKey(
      parsing: try String(contentsOfFile: "\(folder)/signing-key", encoding: .utf8).trimmingCharacters(
        in: .newlines))
    #expect("\(signing.publicKey)" == plan.identity.signingKey)
  }

  /// Names are a stranger's: each arrives at Nix as one word, and does nothing else.
  @Test(arguments: [
    "hello", "it's", "a b".replacing(" ", with: "_"), "$(touch${IFS}/tmp/x)", "`id`", "a\"b", "a\\b", "*",
    "a;b", "ä", "a'\"'b", "^*",
  ]) func `hands every attribute to Nix as it is`(attribute: String) throws {
    let work = BuildWork.release(
      file: "release.nix",
      of: try BuildSource(
        repository: "https://a.example/b", revision: String(repeating: "0", count: 40), sha256: nil),
      attributes: [attribute])
    _ = try work.checked()
    let folder = Scratch.path("command")
    try work.command.write(toFile: folder, atomically: true, encoding: .utf8)
    let result = try Shell.run(". \(folder); shift 4; printf '%s' \"$1\"")
    #expect(result.output == attribute)
  }

  @Test(arguments: ["a\"b${c}\\", "release.nix", "dir/a b.nix", "it's.nix"])
  func `writes a release file's expression that Nix reads`(file: String) throws {
    let work = BuildWork.release(
      file: file,
      of: try BuildSource(
        repository: "https://a.example/b", revision: nil, sha256: String(repeating: "0", count: 52)),
      attributes: [])
    let expression = try #require(try work.checked().release)
    let place = Scratch.path("release")
    try expression.write(toFile: place, atomically: true, encoding: .utf8)
    let result = try Shell.run("nix-instantiate --parse \(place)")
    #expect(result.status == 0, "\(result.output)")
  }

  @Test(arguments: ["-x", "", "a b", "a\nb", "/etc/passwd", "./here", "git+https://user:secret@host/x"])
  func `refuses an installable that means nothing on another machine`(text: String) {
    #expect(throws: PlanFlaw.self) { try BuildWork.installables([text]).checked() }
  }

  @Test(arguments: ["/release.nix", "../release.nix", "a/../../b", "", "a\nb"])
  func `refuses a release file that is none of the repository`(file: String) throws {
    let source = try BuildSource(
      repository: "https://a.example/b", revision: String(repeating: "0", count: 40), sha256: nil)
    #expect(throws: PlanFlaw.self) { try BuildWork.release(file: file, of: source, attributes: []).checked() }
  }

  @Test(arguments: [
    "store.example", "http://store.example", "file:///cache", "ssh-ng://", "ssh-ng://-oProxyCommand=x",
    "ssh-ng://u:p@h",
    "ssh-ng://h?ssh-key=/root/.ssh/id", "ssh-ng://a b",
  ]) func `refuses a storage that the machine could not upload to`(address: String) {
    #expect(throws: PlanFlaw.self) { try StorageAddress(parsing: address) }
  }

  @Test(arguments: [nil, "", "#\n", "store.example\n"]) func `refuses a storage whose host key is not known`(
    lines: String?
  ) {
    #expect(throws: PlanFlaw.self) { try Sample.plan { $0.knownHosts = lines ?? "" } }
  }

  @Test func `refuses to be larger than the provider takes`() {
    #expect(throws: PlanFlaw.self) { try Sample.plan(limit: 1000) }
  }

  @Test func `is the same for the same files`() {
    let files: [String: [UInt8]] = ["b": [1, 2], "a": Array(repeating: 7, count: 513), "units/c": []]
    let archives = (0..<3).map { _ in Gzip.pack(TarArchive(files).bytes) }
    #expect(archives[0] != nil)
    #expect(Set(archives).count == 1)
  }

  /// Neither the plan that is printed, nor anything that is recorded, has a secret in it.
  @Test func `shows secrets as names`() throws {
    let plan = try Sample.plan { $0.access = .key("-----BEGIN OPENSSH PRIVATE KEY-----\nsecretsecret\n") }
    #expect(plan.text.contains("File upload-key\n<the ssh key that uploads, yours>"))
    #expect(!plan.text.contains("secretsecret"))
    #expect(!plan.text.contains("PRIVATE KEY"))
    #expect(!plan.text.contains(plan.request.userData))
  }
}
