import NixModel
import Testing

@Suite struct `The occasion of a run` {
  @Test func `is what GitHub Actions says of a pull request`() {
    let occasion = Occasion(in: [
      "GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_REPOSITORY": "nixos/tests",
      "GITHUB_REF": "refs/pull/12/merge", "GITHUB_REF_NAME": "12/merge", "GITHUB_HEAD_REF": "speed",
      "GITHUB_SHA": "a3594b1e", "GITHUB_RUN_ID": "77", "GITHUB_SERVER_URL": "https://github.com",
    ])
    #expect(
      occasion
        == Occasion(
          repository: "nixos/tests", ref: "refs/pull/12/merge", branch: "speed", revision: "a3594b1e",
          pipeline: "77", page: "https://github.com/nixos/tests/actions/runs/77"))
  }

  @Test(arguments: [
    ("refs/heads/main", "main"), ("refs/tags/v1.0", "v1.0"), ("refs/pull/3/head", "pull/3/head"),
    ("main", "main"),
  ])
  func `knows a branch by its name`(ref: String, name: String) {
    // An empty variable says nothing: GitHub sets GITHUB_HEAD_REF so where there is no pull request.
    let occasion = Occasion(in: ["GITHUB_REF": ref, "GITHUB_HEAD_REF": ""])
    #expect(occasion == Occasion(ref: ref, branch: name))
  }

  @Test func `is what GitLab says of a merge request, or of a branch`() {
    var variables = [
      "GITLAB_CI": "true", "CI_COMMIT_REF_NAME": "main", "CI_COMMIT_SHA": "b4c1", "CI_PROJECT_PATH": "g/p",
      "CI_PIPELINE_ID": "9", "CI_JOB_URL": "https://gitlab.example/g/p/-/jobs/1",
    ]
    #expect(
      Occasion(in: variables)
        == Occasion(
          repository: "g/p", ref: "main", branch: "main", revision: "b4c1", pipeline: "9",
          page: "https://gitlab.example/g/p/-/jobs/1"))
    variables["CI_MERGE_REQUEST_REF_PATH"] = "refs/merge-requests/1/head"
    variables["CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"] = "speed"
    #expect(Occasion(in: variables)?.ref == "refs/merge-requests/1/head")
    #expect(Occasion(in: variables)?.branch == "speed")
  }

  @Test func `is nothing outside of CI`() {
    #expect(Occasion(in: ["HOME": "/root", "CI_COMMIT_SHA": "b4c1"]) == nil)
    #expect(Occasion() == nil)
  }

  @Test func `holds no credentials, and no text without an end`() {
    let occasion = Occasion(in: [
      "GITLAB_CI": "true", "CI_JOB_URL": "https://me:hunter2@gitlab.example/1",
      "CI_COMMIT_REF_NAME": String(repeating: "x", count: 5000),
    ])
    #expect(occasion?.page == "https://***@gitlab.example/1")
    #expect(occasion?.ref?.count == 1000)
  }
}

@Suite struct `The time that copies take` {
  private let paths: [StorePath]
  private let one = "http://one.example/main/"
  private let other = "http://other.example"

  init() throws {
    paths = try ["a", "b"].map { try StorePath(baseName: "\(String(repeating: $0, count: 32))-x") }
  }

  private func taken(_ events: [(Int, LogEvent.Kind)], until end: Int) -> TimeTaken {
    var clock = CopyClock()
    for (index, (moment, event)) in events.enumerated() {
      clock.note(LogEvent(line: index + 1, kind: event), at: .milliseconds(moment))
    }
    return clock.taken(at: .milliseconds(end))
  }

  @Test func `counts once what is copied side by side, for each cache`() {
    let time = taken(
      [
        (100, .copyStarted(path: paths[0], from: one)), (150, .copyStarted(path: paths[1], from: one)),
        (200, .copyStarted(path: paths[0], from: other)), (250, .copyStopped(path: paths[0], from: one)),
        (300, .copyStopped(path: paths[1], from: one)), (900, .copyStopped(path: paths[0], from: other)),
        (950, .copyStarted(path: paths[0], from: one)), (960, .copyStopped(path: paths[0], from: one)),
      ], until: 1000)
    #expect(time.milliseconds == 1000)
    #expect(time.copying == ["http://one.example/main": 210, other: 700])
  }

  @Test func `ends with Nix`() {
    let events: [(Int, LogEvent.Kind)] = [
      (10, .copyStarted(path: paths[0], from: one)), (20, .copyStopped(path: paths[1], from: one)),
    ]
    #expect(taken(events, until: 60).copying == ["http://one.example/main": 50])
    #expect(taken([], until: 5) == TimeTaken(milliseconds: 5))
  }

  @Test func `remembers when lines were read, in few marks, however long it takes`() throws {
    var clock = CopyClock()
    for line in 1...10_000 {
      clock.note(
        LogEvent(line: line, kind: .copyStarted(path: paths[0], from: one)), at: .milliseconds(line * 7))
    }
    let time = clock.taken(at: .milliseconds(70_000))
    #expect((CopyClock.mostMarks / 4...CopyClock.mostMarks).contains(time.marks.count))
    for line in [1, 77, 5000, 9000] {
      let moment = try #require(time.moment(ofLine: line))
      #expect(abs(moment - line * 7) < 70_000 / 16, "line \(line) at \(moment)")
    }
    #expect(TimeTaken(milliseconds: 1).moment(ofLine: 3) == nil)
  }
}
