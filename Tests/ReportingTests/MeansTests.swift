import Foundation
import NixModel
import Reporting
import Testing

@Suite struct `A report of means of writing` {
  private func run(_ policy: Policy) throws -> Run {
    let start = try Make.start(["nixpkgs#qemu"])
    let warm = try Make.run([try Make.target("nixpkgs#qemu")])
    return Run(
      start: RunStart(
        id: start.id, started: start.started, version: start.version, runner: start.runner,
        installables: start.installables, policy: policy), nixVersion: "2.34.8",
      meansOfWriting: [
        MeansOfWriting(.sshKey, at: "the file /home/me/.ssh/id_rsa", .unknown("x"), reaching: []),
        MeansOfWriting(.netrcPassword, at: "the file /n, machine c", .unknown("x")),
        MeansOfWriting(.atticToken, at: "the environment variable ATTIC_TOKEN", .readOnly("main: r")),
      ], state: warm.state)
  }

  @Test func `shows what does not decide, and what is somebody's word`() throws {
    let run = try run(Policy(readOnly: [try ReadOnlyAssertion(parsing: "netrc-password@/n")]))
    let text = TextReport(run).render()
    #expect(text.contains("an SSH key without a passphrase in the file /home/me/.ssh/id_rsa"))
    #expect(text.contains("under --strict it decides"))
    #expect(text.contains("as the policy asserts (read-only); nothing here proves it"))
    #expect(!text.contains("ATTIC_TOKEN"))
    #expect(try RunFormat.markdown.render(run).contains("as the policy asserts"))

    let document = try ProveDocument(run).json()
    let object = try #require(try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
    let means = try #require((object["environment"] as? [String: Any])?["meansOfWriting"] as? [[String: Any]])
    #expect(means.map { $0["standing"] as? String } == ["noted", "asserted", "reads"])
    #expect(means.map { $0["kind"] as? String } == ["ssh-key", "netrc-password", "attic-token"])
  }

  @Test func `says nothing of what is not there, or is a reason`() throws {
    #expect(!TextReport(try run(Policy(strict: true))).render().contains("held"))
    let bare = try ProveDocument(Make.run([try Make.target("nixpkgs#qemu")])).json()
    #expect(!bare.contains("meansOfWriting"))
  }
}
