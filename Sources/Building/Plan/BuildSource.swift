import NixModel

/// What is built.
public enum BuildWork: Hashable, Sendable {
  /// Attributes of a release file below a source; all of it where there is none.
  case release(file: String, of: BuildSource, attributes: [String])
  /// Installables, as `nix build` takes them.
  case installables([String])

  /// The names of the targets.
  public var targets: [String] {
    switch self {
    case .release(let file, _, let attributes): attributes.isEmpty ? [file] : attributes
    case .installables(let all): all
    }
  }

  /// The name of the source.
  public var source: String? {
    switch self {
    case .release(let file, let source, _): "\(source)/\(file)"
    case .installables: nil
    }
  }

  /// - Throws: ``PlanFlaw`` where something could not be meant, or would not reach Nix as it is.
  public func checked() throws(PlanFlaw) -> BuildWork {
    switch self {
    case .release(let file, _, let attributes):
      guard !file.isEmpty, !file.hasPrefix("/"), !file.split(separator: "/").contains(".."),
        file.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
      else {
        throw .targets("--file: '\(file.excerpt)' is no file of a repository: name it relative to its top")
      }
      try Self.check(attributes, "an attribute")
    case .installables(let all):
      guard !all.isEmpty else {
        throw .targets(
          "there is nothing to build: name installables, or a release file with -f, --repository and --revision"
        )
      }
      try Self.check(all, "an installable")
      for text in all where text.hasPrefix(".") || text.hasPrefix("/") && !text.hasPrefix("/nix/store/") {
        throw .targets(
          "'\(text.excerpt)' is a path of this machine, and the builder does not have it: name a flake by its address"
        )
      }
    }
    return self
  }

  private static func check(_ words: [String], _ kind: String) throws(PlanFlaw) {
    for word in words {
      guard !word.isEmpty, !word.hasPrefix("-"), word.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
        throw .targets("'\(word.excerpt)' is not \(kind)")
      }
      guard Redaction.redact(word) == word else {
        throw .targets(
          "'\(word.excerpt)' has credentials in it, which builds could read: use a source that needs none")
      }
    }
  }

  /// A file in which the machine's shell sets `"$@"` to Nix's command.
  var command: String {
    let words: [String]
    switch self {
    case .release(_, _, let attributes):
      words =
        ["nix-build", "--no-out-link", "/run/warmth-lib/release.nix"] + attributes.flatMap { ["--attr", $0] }
    case .installables(let all):
      words =
        [
          "nix", "--extra-experimental-features", "nix-command flakes", "build", "--no-link",
          "--print-out-paths",
        ]
        + all
    }
    return "set -- \(words.map(\.shellWord).joined(separator: " "))\n"
  }

  /// The expression that fetches a release file and is it; `nil` for installables.
  var release: String? {
    switch self {
    case .release(let file, let source, _): "import (\(source.expression) + \("/\(file)".nixString))\n"
    case .installables: nil
    }
  }
}

/// A source that is always the same.
public enum BuildSource: Hashable, Sendable, CustomStringConvertible {
  /// A Git repository at a revision.
  case git(url: String, revision: String)
  /// An archive with the digest of its unpacked content.
  case archive(url: String, sha256: String)

  /// - Parameters:
  ///   - repository: the address of a Git repository, or of an archive.
  ///   - revision: 40 hexadecimal digits.
  ///   - sha256: the digest, in any spelling that Nix knows.
  public init(repository: String, revision: String?, sha256: String?) throws(PlanFlaw) {
    guard repository.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), repository.contains("://"),
      !["-", "file://"].contains(where: repository.hasPrefix)
    else { throw .targets("--repository: '\(repository.excerpt)' is no address that the builder can fetch") }
    guard Redaction.redact(repository) == repository else {
      throw .targets("--repository: '\(repository.excerpt)' has credentials in it, which builds could read")
    }
    switch (revision, sha256) {
    case (let revision?, nil):
      guard revision.utf8.count == 40, revision.allSatisfy(\.isHexDigit) else {
        throw .targets(
          "--revision: '\(revision.excerpt)' is no commit: give all 40 digits, because a branch moves")
      }
      self = .git(url: repository, revision: revision.lowercased())
    case (nil, let sha256?):
      guard sha256.wholeMatch(of: /[A-Za-z0-9+\/=:-]{32,80}/) != nil else {
        throw .targets("--sha256: '\(sha256.excerpt)' is no digest; nix-prefetch-url --unpack prints it")
      }
      self = .archive(url: repository, sha256: sha256)
    case (nil, nil), (_?, _?):
      throw .targets("--repository needs --revision for a Git repository, or --sha256 for an archive")
    }
  }

  public var description: String {
    switch self {
    case .git(let url, let revision): "\(url)?rev=\(revision)"
    case .archive(let url, let sha256): "\(url)?sha256=\(sha256)"
    }
  }

  var expression: String {
    switch self {
    case .git(let url, let revision):
      "builtins.fetchGit { url = \(url.nixString); rev = \(revision.nixString); allRefs = true; }"
    case .archive(let url, let sha256):
      "builtins.fetchTarball { url = \(url.nixString); sha256 = \(sha256.nixString); }"
    }
  }
}
