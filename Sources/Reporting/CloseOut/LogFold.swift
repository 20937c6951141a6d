public import Foundation

/// Folds a long list of lines in the log of a forge's job.
public enum LogFold: Hashable, Sendable {
  /// GitHub Actions and its kin (GitHub, "Workflow commands for GitHub Actions", "Grouping log lines").
  case workflow
  /// GitLab (see ``GitLabSection``).
  case gitLab(name: String)

  /// The line that begins it, with its newline.
  public func opening(_ title: String, at instant: Date) -> String {
    switch self {
    case .workflow: "::group::\(Words.line(title))\n"
    case .gitLab(let name):
      GitLabSection(name: name, isCollapsed: true, title: title, lines: [])
        .rendered(of: "log", at: Instant.wholeSeconds(instant)).dropLast().joined(separator: "\n") + "\n"
    }
  }

  /// The line that ends it, with its newline.
  public func closing(at instant: Date) -> String {
    switch self {
    case .workflow: "::endgroup::\n"
    case .gitLab(let name):
      (GitLabSection(name: name, isCollapsed: true, title: "", lines: [])
        .rendered(of: "log", at: Instant.wholeSeconds(instant)).last ?? "") + "\n"
    }
  }
}
