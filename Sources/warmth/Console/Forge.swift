import Foundation
import Reporting

/// The forge whose job this process is, if it is one, by the environment.
struct Forge: Sendable {
  /// Whether the job's output is searched for workflow commands: GitHub Actions, Gitea's and Forgejo's.
  let readsCommands: Bool
  /// Whether the job's log has collapsible sections: GitLab's.
  let foldsSections: Bool
  /// Whether this is the job of a forge or another CI. There, the author of a change controls the working directory.
  let isJob: Bool
  /// The file of the step's summary.
  let summary: String?
  /// The file of the step's outputs.
  let output: String?

  init(_ variables: [String: String]) {
    func path(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    readsCommands = Self.isSet(variables["GITHUB_ACTIONS"])
    foldsSections = Self.isSet(variables["GITLAB_CI"])
    isJob = Self.marks.contains { Self.isSet(variables[$0]) }
    summary = path("GITHUB_STEP_SUMMARY")
    output = path("GITHUB_OUTPUT")
  }

  /// The variables that forges and CI systems set in their jobs. `CI` is common to nearly all; Azure, Jenkins and TeamCity have
  /// only their own.
  private static let marks = [
    "CI", "GITHUB_ACTIONS", "GITLAB_CI", "GITEA_ACTIONS", "FORGEJO_ACTIONS", "TF_BUILD", "JENKINS_URL",
    "TEAMCITY_VERSION",
  ]

  /// The one around this process.
  static var here: Forge { Forge(ProcessInfo.processInfo.environment) }

  /// As ``readsCommands`` of ``here``, without a look at all variables for every line of output.
  static var readsCommands: Bool { isSet(getenv("GITHUB_ACTIONS").map { String(cString: $0) }) }

  /// How a result is printed for a person here.
  var format: RunFormat { foldsSections ? .gitlab : .text }

  private static func isSet(_ value: String?) -> Bool {
    switch value?.lowercased() {
    case nil, "", "0", "false": false
    case .some: true
    }
  }
}
