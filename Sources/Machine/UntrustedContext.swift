public import Foundation

/// Decides from CI's variables whether unreviewed code runs here. Such code must not publish, because its
/// author could then put anything into a cache that others trust. The rules are those of `cache-warm.sh`,
/// which cannot see the variables from inside its pod.
public enum UntrustedContext {
  /// The context that must not publish, in words that follow "this is". `nil` if no variable speaks against
  /// it.
  ///
  /// - Parameters:
  ///   - variables: the environment of this process.
  ///   - read: reads the file with a workflow's event. If it cannot be read, the context is not trusted.
  public static func reason(
    in variables: [String: String], readingEvent read: (_ path: String) -> Data?
  ) -> String? {
    // Forgejo and Gitea set GitHub's variables. Some of their runners set variables of their own as well.
    for kin in ["GITHUB", "FORGEJO", "GITEA"] {
      let path = variables.said("\(kin)_EVENT_PATH") ?? variables.said("GITHUB_EVENT_PATH")
      func isFromFork(_ sender: [String], _ receiver: [String]) -> Bool {
        let event = path.flatMap(read).flatMap { try? JSONSerialization.jsonObject(with: $0) }
        guard let sender = text(at: sender, in: event) else { return true }
        return sender != text(at: receiver, in: event)
      }
      switch variables.said("\(kin)_EVENT_NAME") {
      case "pull_request_target"?:
        let request = { ["pull_request", $0, "repo", "full_name"] }
        if isFromFork(request("head"), request("base")) {
          return "a pull request from a fork (pull_request_target)"
        }
      case "workflow_run"?:
        if isFromFork(["workflow_run", "head_repository", "full_name"], ["repository", "full_name"]) {
          return "a workflow that follows one of a fork (workflow_run)"
        }
      case let event? where event.hasPrefix("pull_request"): return "a pull request (\(event))"
      default: break
      }
      if let ref = variables.said("\(kin)_REF"), ref.hasPrefix("refs/pull/") {
        return "a pull request (\(ref))"
      }
    }
    switch variables.said("CI_PIPELINE_SOURCE") {
    case let source? where ["merge_request_event", "external_pull_request_event"].contains(source):
      return "a merge request (\(source))"
    default:
      for name in ["CI_MERGE_REQUEST_IID", "CI_EXTERNAL_PULL_REQUEST_IID"]
      where variables.said(name) != nil {
        return "a merge request"
      }
    }
    // Woodpecker, which is often used with Forgejo.
    if let event = variables.said("CI_PIPELINE_EVENT"), event.hasPrefix("pull_request") {
      return "a pull request (\(event))"
    }
    return nil
  }

  private static func text(at path: [String], in event: Any?) -> String? {
    path.reduce(event) { ($0 as? [String: Any])?[$1] } as? String
  }
}

extension [String: String] {
  /// The value of a variable, or `nil` if it is empty.
  fileprivate func said(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
}
