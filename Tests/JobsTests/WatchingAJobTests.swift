import Foundation
import TestSupport
import Testing

@testable import Jobs

/// What is made of what a cluster says, case by case.
@Suite struct `Watching a Job` {
  private func watch(_ role: JobPlan.Role = .prove, shards: Int = 1) -> JobWatch {
    JobWatch(uid: "uid", role: role, shards: shards, patience: .seconds(60))
  }

  private func observation(_ pods: [JSON], _ conditions: [JSON] = [], warnings: [String: String] = [:]) throws
    -> JobObservation
  {
    let job: JSON = [
      "metadata": ["name": "cache-prove", "uid": "uid"], "status": ["conditions": .array(conditions)],
    ]
    return JobObservation(
      job: try decode(job, as: ObservedJob.self), pods: try pods.map { try decode($0, as: ObservedPod.self) },
      warnings: warnings)
  }

  private func decode<Value: Decodable>(_ json: JSON, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: try JSONEncoder().encode(json))
  }

  private func end(
    _ pods: [JSON], _ condition: JSON, of role: JobPlan.Role = .prove, shards: Int = 1
  ) throws -> JobEnd? {
    var watch = watch(role, shards: shards)
    guard case .over(let end) = watch.note(try observation(pods, [condition]), at: .zero) else { return nil }
    return end
  }

  private static let failed = JSON.condition("Failed", reason: "BackoffLimitExceeded")
  private static let complete = JSON.condition("Complete")

  private static func ended(
    _ code: Int, _ name: String = "p", at time: String = "12:05:00", reason: String? = nil
  )
    -> JSON
  {
    .pod(name, phase: code == 0 ? "Succeeded" : "Failed", state: .terminated(code, reason: reason, at: time))
  }

  @Test func `carries the program's own code`() throws {
    for code: Int in [1, 2, 64, 70, 73, 74] {
      #expect(try end([Self.ended(code)], Self.failed) == .exited(code: Int32(code)))
    }
    #expect(try end([Self.ended(0)], Self.complete) == .exited(code: 0))
    // The pods of a Job that is over may have been taken away.
    #expect(try end([], Self.complete) == .exited(code: 0))
  }

  @Test func `takes the last pod's, but for a cold verdict`() throws {
    let retried = [Self.ended(2, "a", at: "12:05:00"), Self.ended(0, "b", at: "12:06:00")]
    #expect(try end(retried.reversed(), Self.complete) == .exited(code: 0))
    let contradictory = [Self.ended(1, "a", at: "12:05:00"), Self.ended(0, "b", at: "12:06:00")]
    #expect(try end(contradictory, Self.complete) == .exited(code: 1))
    #expect(try end(contradictory.map(Self.ofPrewarm), Self.complete, of: .prewarm) == .exited(code: 0))
  }

  private static func ofPrewarm(_ pod: JSON) -> JSON {
    let text = String(decoding: (try? JSONEncoder().encode(pod)) ?? Data(), as: UTF8.self)
    let other = text.replacing("warmth-prover", with: "prewarm")
    return (try? JSONDecoder().decode(JSON.self, from: Data(other.utf8))) ?? .null
  }

  @Test func `takes no code that the program did not choose`() throws {
    #expect(try end([Self.ended(137, reason: "OOMKilled")], Self.failed) == .failed(.outOfMemory(pod: "p")))
    // Even where the code could be one of ours.
    #expect(try end([Self.ended(1, reason: "OOMKilled")], Self.failed) == .failed(.outOfMemory(pod: "p")))
    #expect(
      try end([Self.ended(143)], Self.failed) == .failed(.killed(pod: "p", code: 143, reason: "Error")))
    let evicted = JSON.pod(
      "p", phase: "Failed", state: .terminated(1), reason: "Evicted", message: "low on ephemeral-storage")
    #expect(
      try end([evicted], Self.failed) == .failed(.evicted(pod: "p", message: "low on ephemeral-storage")))
    let uninstalled = JSON.pod("p", phase: "Failed", initState: .terminated(74))
    #expect(
      try end([uninstalled], Self.failed)
        == .failed(.initFailed(pod: "p", container: "install-warmth", code: 74, message: "")))
    #expect(
      try end([], .condition("Failed", reason: "DeadlineExceeded")) == .failed(.deadline))
    #expect(
      try end([], Self.failed) == .failed(.unexplained(reason: "BackoffLimitExceeded", message: "")))
  }

  @Test func `takes no pod's code for that of a Job which ended otherwise`() throws {
    let deadline = JSON.condition("Failed", reason: "DeadlineExceeded")
    for code: Int in [0, 2, 74] { #expect(try end([Self.ended(code)], deadline) == .failed(.deadline)) }
    let warming = Self.ofPrewarm(Self.ended(1))
    #expect(try end([warming], deadline, of: .prewarm) == .failed(.deadline))
    // What was answered before stays answered.
    #expect(try end([Self.ended(1)], deadline) == .exited(code: 1))
    // The pod that made it complete may be gone.
    #expect(try end([Self.ended(2)], Self.complete) == .exited(code: 0))
    let unexplained = JobEnd.failed(.unexplained(reason: "BackoffLimitExceeded", message: ""))
    #expect(try end([Self.ended(0)], Self.failed) == unexplained)
    let shards = ["a", "b"].enumerated().map { JSON.pod($1, index: $0, state: .terminated(0)) }
    #expect(try end(shards, deadline, shards: 2) == .failed(.deadline))
    #expect(try end(shards, Self.failed, shards: 2) == unexplained)
  }

  @Test(
    arguments: [
      ([0, 0, 0], 0), ([0, 1, 0], 1), ([0, nil, 0], 2), ([2, 0, 0], 2), ([nil, 1, 2], 1), ([74, 0, 0], 2),
    ] as [([Int?], Int32)])
  func `joins shards`(codes: [Int?], joined: Int32) throws {
    let pods = codes.enumerated().compactMap { index, code in
      code.map { JSON.pod("p\(index)", index: index, state: .terminated($0)) }
    }
    let end = try end(pods, codes == [0, 0, 0] ? Self.complete : Self.failed, shards: 3)
    guard case .shards(let tally) = end else {
      Issue.record("\(String(describing: end))")
      return
    }
    #expect(tally.codes == codes.map { $0.map(Int32.init) })
    #expect(tally.code == joined)
  }

  @Test func `waits for what may come, and not for ever`() throws {
    let cases: [(pod: JSON, kind: JobEnd.Obstacle.Kind)] = [
      (.pod("p", phase: "Pending", state: .waiting("ImagePullBackOff", "not found")), .image),
      (.pod("p", phase: "Pending", initState: .waiting("ErrImagePull", "not found")), .image),
      (
        .pod(
          "p", phase: "Pending",
          conditions: [
            .condition("PodScheduled", reason: "Unschedulable", message: "0/3 nodes", status: "False")
          ]),
        .unschedulable
      ),
      (
        .pod("p", phase: "Pending", state: .waiting("CreateContainerConfigError", "secret \"x\" not found")),
        .setup
      ),
    ]
    for (pod, kind) in cases {
      var watch = watch()
      let there = try observation([pod])
      guard case .underWay(let words) = watch.note(there, at: .seconds(1)) else {
        Issue.record("gave up at once on \(kind)")
        continue
      }
      #expect(words.hasPrefix("waiting: "))
      guard case .underWay = watch.note(there, at: .seconds(60)) else {
        Issue.record("gave up too early on \(kind)")
        continue
      }
      guard case .over(.unknown(.notStarting(let obstacle))) = watch.note(there, at: .seconds(61)) else {
        Issue.record("waits for ever for \(kind)")
        continue
      }
      #expect(obstacle.kind == kind)
    }
  }

  @Test func `forgets an obstacle that went away`() throws {
    var watch = watch()
    let stuck = try observation([.pod("p", phase: "Pending", state: .waiting("ErrImagePull", "timeout"))])
    _ = watch.note(stuck, at: .zero)
    _ = watch.note(try observation([.pod("p", state: .running)]), at: .seconds(50))
    guard case .underWay = watch.note(stuck, at: .seconds(70)) else {
      Issue.record("an obstacle of before counts")
      return
    }
  }

  @Test func `lets a shard wait for its turn`() throws {
    let waiting = JSON.pod(
      "late", phase: "Pending", index: 1,
      conditions: [.condition("PodScheduled", reason: "Unschedulable", message: "no CPU", status: "False")])
    let done = { (name: String) in
      JSON.pod(name, phase: "Succeeded", index: 0, state: .terminated(0))
    }
    var watch = watch(shards: 3)
    func isUnderWay(_ pods: [JSON], at second: Int) throws -> Bool {
      if case .underWay = watch.note(try observation(pods), at: .seconds(second)) { true } else { false }
    }
    // As long as another is at work, and from then on for as long as anything else.
    let working = JSON.pod("first", index: 0, state: .running)
    for second in [0, 100, 1000] { #expect(try isUnderWay([working, waiting], at: second)) }
    #expect(try isUnderWay([done("first"), waiting], at: 1001))
    #expect(try isUnderWay([done("first"), waiting], at: 1060))
    // One that was never seen at work has ended all the same.
    #expect(try isUnderWay([done("first"), done("second"), waiting], at: 1061))
    #expect(try isUnderWay([done("first"), done("second"), waiting], at: 1120))
    #expect(try !isUnderWay([done("first"), done("second"), waiting], at: 1121))
  }

  @Test func `does not wait for an image that has no name`() throws {
    var watch = watch()
    let step = watch.note(
      try observation([.pod("p", phase: "Pending", state: .waiting("InvalidImageName", "bad"))]), at: .zero)
    guard case .over(.unknown(.notStarting)) = step else {
      Issue.record("\(step)")
      return
    }
  }

  @Test func `says what the cluster warns of where nothing else tells`() throws {
    var watch = watch()
    let creating = JSON.pod("p", phase: "Pending", state: .waiting("ContainerCreating", ""))
    #expect(watch.note(try observation([creating]), at: .zero) == .underWay("waiting for a pod"))
    let warned = try observation([creating], warnings: ["uid-of-p": "FailedMount: /dev/kvm is no device"])
    guard case .underWay(let words) = watch.note(warned, at: .seconds(1)) else {
      Issue.record("gave up at once")
      return
    }
    #expect(words.contains("/dev/kvm is no device"))
    let none = try observation([], warnings: ["uid": "FailedCreate: exceeded quota"])
    guard case .underWay(let quota) = watch.note(none, at: .seconds(2)) else {
      Issue.record("gave up at once")
      return
    }
    #expect(quota.contains("exceeded quota"))
  }

  @Test func `knows its Job from another`() throws {
    var watch = watch()
    #expect(watch.note(JobObservation(), at: .zero) == .over(.unknown(.deleted)))
    var other = try observation([])
    other.job?.metadata.uid = "another"
    #expect(watch.note(other, at: .zero) == .over(.unknown(.replaced)))
  }

  @Test func `puts up with silence for a while`() throws {
    var watch = watch()
    let silence = KubectlError(
      program: "kubectl", complaint: "dial tcp: connect: connection refused", status: "1")
    #expect(silence.kind == .unreachable)
    guard case .underWay = watch.noteSilence(silence, at: .seconds(10)) else {
      Issue.record("gave up at once")
      return
    }
    _ = watch.note(try observation([.pod("p", state: .running)]), at: .seconds(20))
    guard case .underWay = watch.noteSilence(silence, at: .seconds(75)) else {
      Issue.record("a silence of before counts")
      return
    }
    guard case .over(.unknown(.noConnection)) = watch.noteSilence(silence, at: .seconds(135)) else {
      Issue.record("waits for ever")
      return
    }
    let refusal = KubectlError(
      program: "kubectl", complaint: "Error from server (Forbidden): no", status: "1")
    guard case .over = watch.noteSilence(refusal, at: .seconds(136)) else {
      Issue.record("asks again what was refused")
      return
    }
  }

  @Test func `goes on with a log where it broke off`() {
    var cursor = LogCursor()
    let take = { (lines: [String], cursor: inout LogCursor) in lines.compactMap { cursor.take(Substring($0)) }
    }
    #expect(take(["1Z a", "2Z b", "2Z c"], &cursor) == ["a", "b", "c"])
    cursor.resume()
    #expect(cursor.time == "2Z")
    #expect(take(["2Z b", "2Z c", "2Z d", "3Z "], &cursor) == ["d", ""])
    cursor.resume()
    #expect(take(["2Z d", "3Z ", "4Z e"], &cursor) == ["e"])
  }

  @Test func `tells people what to do, whatever happens`() throws {
    let plan = try Manifests.prove()
    let ends: [JobEnd] = [
      .exited(code: 0), .exited(code: 1), .exited(code: 2), .exited(code: 64), .exited(code: 74),
      .shards(ShardTally(codes: [0, 1, nil, 2])), .failed(.deadline), .failed(.outOfMemory(pod: "p")),
      .failed(.evicted(pod: "p", message: "")), .failed(.unexplained(reason: "x", message: "")),
      .unknown(.deleted), .unknown(.replaced), .unknown(.noConnection(message: "refused")),
      .unknown(.notStarting(.noPod(message: "quota"))),
    ]
    let sentences = ends.map { $0.sentence(of: plan) { "kubectl \($0)" } }
    #expect(Set(sentences).count == ends.count)
    #expect(sentences.allSatisfy { $0.contains("cache-prove") })
    #expect(
      sentences[5].contains("cold: shard 1; warm: shard 0; without a verdict: shard 3; not heard of: shard 2")
    )
  }
}
