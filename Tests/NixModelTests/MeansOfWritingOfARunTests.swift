import Foundation
import NixModel
import TestSupport
import Testing

@Suite struct `The means of writing of a run` {
  /// What was found, under which policy, and what that comes to.
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let means: MeansOfWriting
    var policy = Policy()
    let verdict: Verdict
  }

  private static let unknown = MeansOfWriting.Permission.unknown("x")

  @Test(arguments: [
    Row(
      testDescription: "a cache's credential", means: .init(.awsCredentials, at: "x", unknown),
      verdict: .inconclusive),
    Row(
      testDescription: "one that is good for many things",
      means: .init(.sshKey, at: "x", unknown, reaching: []),
      verdict: .warm),
    Row(
      testDescription: "one that reaches the cache",
      means: .init(.sshKey, at: "x", unknown, reaching: ["ssh://c"]), verdict: .inconclusive),
    Row(
      testDescription: "one under a strict policy", means: .init(.sshKey, at: "x", unknown, reaching: []),
      policy: Policy(strict: true), verdict: .inconclusive),
    Row(
      testDescription: "one that somebody says only reads", means: .init(.awsCredentials, at: "x", unknown),
      policy: Policy(readOnly: [(try? ReadOnlyAssertion(parsing: "aws-credentials@x"))].compactMap(\.self)),
      verdict: .warm),
    Row(
      testDescription: "one that only reads", means: .init(.atticToken, at: "x", .readOnly("main: r")),
      policy: Policy(strict: true), verdict: .warm),
    Row(
      testDescription: "a cache that takes anything",
      means: .init(.anonymousPut, at: "the substituter c", unknown),
      verdict: .inconclusive),
  ])
  func `decide by what they reach, by the policy, and by somebody's word`(row: Row) throws {
    var scene = try Scene()
    scene.means = [row.means]
    scene.policy = row.policy
    let judgment = try scene.judged()
    #expect(judgment.verdict == row.verdict)
    let codes = Set(judgment.targets.flatMap(\.ruling.reasons).map(\.code))
    #expect(codes == (row.verdict == .warm ? [] : [.writeTokenPresent]))
  }

  @Test(arguments: [
    MeansOfWriting(.sshKey, at: "x", unknown, reaching: []),
    MeansOfWriting(.sshAgent, at: "x", unknown, reaching: ["ssh://c"]),
    MeansOfWriting(.atticToken, at: "x", .readOnly("main: r")),
  ])
  func `are read as they were written`(means: MeansOfWriting) throws {
    let data = try JSONEncoder().encode(means)
    #expect(try JSONDecoder().decode(MeansOfWriting.self, from: data) == means)
  }
}
