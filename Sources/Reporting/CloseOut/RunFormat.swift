public import NixModel

/// The faces of a run. Each is made of the recorded run and nothing else, so that `prove` writes the same
/// bytes as `audit show` a year later.
public enum RunFormat: String, Hashable, Sendable, CaseIterable {
  /// For a person, at a terminal or in a log.
  case text
  /// One document for programs.
  case json
  /// A summary for `$GITHUB_STEP_SUMMARY`, or for a comment on a pull request.
  case markdown
  /// JUnit XML, one test case per target.
  case junit
  /// Annotations of GitHub Actions and its kin: workflow commands.
  case github
  /// Lines for `$GITHUB_OUTPUT`.
  case githubOutput = "github-output"
  /// The text in the collapsible sections of GitLab's job log.
  case gitlab

  /// `run` with this face, ending with a newline; `style` is for the text alone.
  ///
  /// - Throws: nothing that a run can provoke (see ``Document/json()``).
  public func render(_ run: Run, style: Style = .plain) throws -> String {
    switch self {
    case .text: TextReport(run).render(style: style)
    case .json: try ProveDocument(run).json()
    case .markdown: MarkdownSummary(run).render()
    case .junit: JUnitReport(run).render()
    case .github: WorkflowAnnotations(run).render()
    case .githubOutput: WorkflowOutput(run).render()
    case .gitlab: GitLabLog(run).render()
    }
  }
}
