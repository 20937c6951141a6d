import Foundation
import Testing

@testable import Machine

/// Who may publish, by what CI says.
@Suite struct `A context that must not publish` {
  private func reason(_ variables: [String: String], event: String? = nil) -> String? {
    UntrustedContext.reason(in: variables) { path in
      path == "/event.json" ? event.map { Data($0.utf8) } : nil
    }
  }

  private static func request(from head: String) -> String {
    #"{"pull_request": {"head": {"repo": \#(head)}, "base": {"repo": {"full_name": "we/ours"}}}}"#
  }

  @Test(arguments: [
    ["GITHUB_EVENT_NAME": "pull_request"], ["GITEA_EVENT_NAME": "pull_request_review"],
    ["FORGEJO_EVENT_NAME": "pull_request"], ["GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/pull/7/merge"],
    ["GITHUB_EVENT_NAME": "pull_request_target"], ["GITHUB_EVENT_NAME": "workflow_run"],
    ["CI_PIPELINE_SOURCE": "merge_request_event"], ["CI_PIPELINE_SOURCE": "external_pull_request_event"],
    ["CI_PIPELINE_SOURCE": "parent_pipeline", "CI_MERGE_REQUEST_IID": "7"],
    ["CI_EXTERNAL_PULL_REQUEST_IID": "7"], ["CI_PIPELINE_EVENT": "pull_request"],
  ])
  func `is told by its variables`(variables: [String: String]) {
    #expect(reason(variables)?.contains("request") == true || reason(variables)?.contains("fork") == true)
  }

  @Test(arguments: [
    [:], ["GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main"],
    ["GITHUB_EVENT_NAME": "schedule"], ["CI_PIPELINE_SOURCE": "schedule", "CI_MERGE_REQUEST_IID": ""],
    ["CI_PIPELINE_EVENT": "cron"],
  ])
  func `is not a branch or a schedule`(variables: [String: String]) {
    #expect(reason(variables) == nil)
  }

  @Test func `is told by where the code of an event is from`() {
    let target = ["GITHUB_EVENT_NAME": "pull_request_target", "GITHUB_EVENT_PATH": "/event.json"]
    #expect(reason(target, event: Self.request(from: #"{"full_name": "we/ours"}"#)) == nil)
    for event in [
      Self.request(from: #"{"full_name": "they/ours"}"#), Self.request(from: "null"), "{}", "no JSON",
    ] {
      #expect(reason(target, event: event)?.contains("from a fork") == true, "\(event)")
    }
    let run = ["GITEA_EVENT_NAME": "workflow_run", "GITEA_EVENT_PATH": "/event.json"]
    let of = { (name: String) in
      #"{"workflow_run": {"head_repository": {"full_name": "\#(name)"}}, "repository": {"full_name": "we/ours"}}"#
    }
    #expect(reason(run, event: of("we/ours")) == nil)
    #expect(reason(run, event: of("they/ours"))?.contains("one of a fork") == true)
  }
}
