/// The source that a run was about, as the CI system says in its variables. It is what the run's runner was told,
/// and no more certain than that.
public struct Occasion: Hashable, Sendable {
  /// The project, such as `owner/name`.
  public let repository: String?
  /// The ref in full, such as `refs/pull/12/merge`, or a name where CI says no more.
  public let ref: String?
  /// The branch or tag as people call it; of a pull request, the branch that is to be merged.
  public let branch: String?
  /// The commit.
  public let revision: String?
  /// The pipeline's or workflow run's number.
  public let pipeline: String?
  /// The page that shows the job.
  public let page: String?

  /// An occasion; `nil` where nothing is known of it.
  public init?(
    repository: String? = nil, ref: String? = nil, branch: String? = nil, revision: String? = nil,
    pipeline: String? = nil, page: String? = nil
  ) {
    guard [repository, ref, branch, revision, pipeline, page].contains(where: { $0 != nil }) else {
      return nil
    }
    self.repository = repository
    self.ref = ref
    self.branch = branch
    self.revision = revision
    self.pipeline = pipeline
    self.page = page
  }

  /// The occasion by the variables of GitHub Actions, of its kin (Forgejo, Gitea), or of GitLab CI, without
  /// credentials; `nil` outside of CI.
  public init?(in variables: [String: String]) {
    func said(_ names: String...) -> String? {
      names.lazy.compactMap { variables[$0] }.first { !$0.isEmpty }.map {
        // Anything can set a variable to anything.
        String(Redaction.redact($0).prefix(Self.longest))
      }
    }
    if said("GITLAB_CI", "CI_PIPELINE_ID") != nil, said("GITHUB_ACTIONS") == nil {
      self.init(
        repository: said("CI_PROJECT_PATH"),
        ref: said("CI_MERGE_REQUEST_REF_PATH", "CI_COMMIT_REF_NAME"),
        branch: said("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME"),
        revision: said("CI_COMMIT_SHA"), pipeline: said("CI_PIPELINE_ID"),
        page: said("CI_JOB_URL", "CI_PIPELINE_URL"))
    } else {
      let ref = said("GITHUB_REF")
      let named = said("GITHUB_HEAD_REF", "GITHUB_REF_NAME") ?? ref.map(Self.name)
      let (repository, pipeline) = (said("GITHUB_REPOSITORY"), said("GITHUB_RUN_ID"))
      var page: String?
      if let server = said("GITHUB_SERVER_URL"), let repository, let pipeline {
        page = "\(server)/\(repository)/actions/runs/\(pipeline)"
      }
      self.init(
        repository: repository, ref: ref, branch: named, revision: said("GITHUB_SHA"), pipeline: pipeline,
        page: page)
    }
  }

  /// How many characters of a variable are kept.
  private static let longest = 1000

  /// `main` for `refs/heads/main`.
  private static func name(of ref: String) -> String {
    for kind in ["refs/heads/", "refs/tags/", "refs/"] where ref.hasPrefix(kind) {
      return String(ref.dropFirst(kind.count))
    }
    return ref
  }
}
