/// What commands have in common: `warmth help TOPIC`, and a page of the manual.
package enum HelpTopic: String, CaseIterable, Sendable {
  case exitCodes = "exit-codes"
  case environment

  /// The topic that is asked for: `help exit-codes`.
  package init?(of arguments: some Collection<String>) {
    guard arguments.count == 2, arguments.first == "help",
      let topic = arguments.dropFirst().first.flatMap(HelpTopic.init)
    else { return nil }
    self = topic
  }

  /// `warmth-exit-codes`.
  var page: String { "warmth-\(rawValue)" }

  /// The topic in a few words.
  package var title: String {
    switch self {
    case .exitCodes: "the exit codes of warmth"
    case .environment: "the variables that warmth reads"
    }
  }

  var introduction: String {
    switch self {
    case .exitCodes:
      "Every command ends with one of these codes. A command that could not print its result, or not all of it, does not end with 0."
    case .environment: "Options win over variables. Nix, ssh, kubectl and attic read variables of their own."
    }
  }

  /// The terms, in order.
  package var entries: [(term: String, meaning: String)] {
    switch self {
    case .exitCodes:
      [
        ("0", "Warm, or: the question asked was answered yes."), ("1", "Cold, or: answered no."),
        ("2", "Inconclusive: no proof either way."), ("64", "Wrong usage."),
        ("69", "A program or a service that the command needs is missing."),
        ("70", "A fault of warmth itself."),
        ("73", "Warm, or yes, but a result or a report that was asked for could not be written."),
        ("74", "The evidence could not be read or written: whatever the verdict, this is not 0."),
      ]
    case .environment:
      [
        ("WARMTH_EVIDENCE", "The evidence store, where --evidence names none."),
        ("WARMTH_BUNDLE_URL", "Where the bundle of a run is sent, where --bundle-url names no address."),
        ("WARMTH_PUBLICATION_SUMMARY", "Where publish writes its summary, where --summary names no file."),
        ("WARMTH_IMAGE", "The image of a Job's pods, where --warmth-image names none."),
        ("ATTIC_TOKEN, ATTIC_SERVER, ATTIC_CACHE, ATTIC_SERVER_NAME", "The publisher's cache and its token."),
        ("VULTR_API_KEY", "The key of the account in which an ephemeral builder is made."),
        ("HTTPS_PROXY, ALL_PROXY, NO_PROXY", "The way to caches, in small letters as well."),
        ("NIX_SSL_CERT_FILE, SSL_CERT_FILE", "The certificate authorities that are trusted."),
        ("NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, TERM", "Whether a report is coloured."),
        ("TMPDIR", "Where throwaway stores and files are made."),
        ("GITHUB_ACTIONS, GITLAB_CI and their kin", "The forge and the source that a run is about."),
        ("POD_NAME", "The pod that a run is made in."),
      ]
    }
  }

  /// The topic for a terminal, ending with a newline.
  package var text: String {
    let width = min(24, entries.map(\.term.count).max() ?? 0)
    let lines = entries.map { entry in
      entry.term.count > width
        ? "  \(entry.term)\n  \(String(repeating: " ", count: width))  \(entry.meaning)"
        : "  \(entry.term)\(String(repeating: " ", count: width - entry.term.count))  \(entry.meaning)"
    }
    return "\(introduction)\n\n\(lines.joined(separator: "\n"))\n"
  }
}
