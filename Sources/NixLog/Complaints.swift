import NixModel

/// Recognizes Nix's error messages and warnings. Beside each text stand the versions that print it.
///
/// Any builder can print any of these, so they may explain why a verdict is not warm, and never support
/// that it is.
enum Complaints {
  /// How much of a message is kept, in Unicode scalars: one character can have any number of them.
  static let longestText = 2000

  /// The same of a message about a failed build, which has the end of the builder's log at its own end.
  static let longestOfBuild = 8000

  /// How much of a message is searched for its meaning. Any builder can print megabytes of it.
  private static let longestMessage = 64 << 10

  static func complaint(from message: String, isError: Bool, in stores: KnownStores) -> Complaint {
    var text = EscapeSequences.stripped(message)
    // Nix says some warnings at the level of errors ("the group 'nixbld' … does not exist").
    let isError = isError && !text.hasPrefix("warning:")
    for prefix in ["error: ", "error:\n", "warning: "] where text.hasPrefix(prefix) {
      text = String(text.dropFirst(prefix.count))
    }
    text = String(text.unicodeScalars.drop { $0.properties.isWhitespace })
    // Redacted before anything is taken out of it or cut off.
    let shown = String(Redaction.redact(text).unicodeScalars.prefix(longestMessage))
    text = String(text.unicodeScalars.prefix(longestMessage))
    let subject = subject(of: text, shown: shown, isError: isError, in: stores)
    let told = isError ? ErrorText.withoutTrace(shown) : shown
    var limit = longestText
    if case .buildFailed = subject { limit = longestOfBuild }
    return Complaint(subject: subject, text: String(told.unicodeScalars.prefix(limit)))
  }

  /// `shown` is `text` redacted, and the returned texts come from it. Paths come from `text`, because a store path can look
  /// like a parameter.
  private static func subject(
    of text: String, shown: String, isError: Bool, in stores: KnownStores
  ) -> Complaint.Subject {
    func path(after marker: String) -> StorePath? {
      text.quoted(after: marker).flatMap { stores.path($0) }
    }
    let fallback: Complaint.Subject = isError ? .error : .warning

    // A retry is no failure yet (all versions; ≤ 2.26 call it an error at level warning).
    if text.holds("; retrying in ") { return .warning }

    // "file 'nar/….nar.xz' does not exist in binary cache 'URL'" (all; a warning since 2.33; without the
    // address where the cache is a directory)
    if text.holds("' does not exist in binary cache"), let file = shown.quoted(after: "file ") {
      let cache = shown.quoted(after: " does not exist in binary cache ").map(String.init)
      return .narMissing(file: String(file), cache: cache)
    }
    // "hash mismatch importing path '…';", "size mismatch …", "ca hash mismatch …" (all)
    if text.holds("mismatch importing path ") { return .narCorrupt(path: path(after: "importing path ")) }
    // "NAR for '…' fetched from '…' is incomplete" (≥ 2.26)
    if text.hasPrefix("NAR for "), text.holds(" is incomplete") {
      return .narCorrupt(path: path(after: "NAR for "))
    }
    // Decompression and unpacking: these name no path (all).
    for mark in [
      "Failed to open archive", "Lzma library error", "input compression not recognized", "compression error",
      "failed to get libarchive filter", "input doesn't look like a Nix archive",
      "failed to read compressed data",
      "bad archive", "NAR contains", "Truncated", "truncated", "premature end of",
    ] where text.holds(mark) && isError && !text.holds("unable to download") {
      return .narCorrupt(path: nil)
    }

    // "substituter '…' does not have a valid signature for path '…'" (≤ 2.5)
    if text.holds(" does not have a valid signature for path "), let path = path(after: "for path ") {
      return .signatureUntrusted(path: path, cache: shown.quoted(after: "substituter ").map(String.init))
    }
    // "the substitute for '…' from 'URL' is not signed by any of the keys …" (2.6 to 2.9),
    // "ignoring substitute for '…' from 'URL', as it's not signed by any of the keys …" (≥ 2.10)
    if text.holds(" not signed by any of the keys "), let path = path(after: "substitute for ") {
      return .signatureUntrusted(path: path, cache: shown.quoted(after: " from ").map(String.init))
    }
    // "cannot add path '…' because it lacks a valid signature" (2.8), "… lacks a signature by a trusted key"
    if text.holds(" because it lacks a "), let path = path(after: "cannot add path ") {
      return .signatureUntrusted(path: path, cache: nil)
    }

    // "NAR info file '….narinfo' is corrupt" (all)
    if let file = shown.quoted(after: "NAR info file ") { return .narinfoInvalid(file: String(file)) }
    // "asked 'URL' for '…' but got '…'" (all)
    if text.hasPrefix("asked "), text.holds(" but got "), let asked = path(after: " for ") {
      return .narinfoInvalid(file: "\(asked.hashPart).narinfo")
    }

    // "unable to download 'URL': HTTP error 500 …" (all)
    if let url = shown.quoted(after: "unable to download ") {
      if url.hasSuffix("/nix-cache-info") { return .cacheDropped(url: String(url.dropLast(15))) }
      return .downloadFailed(url: String(url), status: status(in: text))
    }
    // "'URL' does not appear to be a binary cache" (all)
    if text.holds("does not appear to be a binary cache"), let url = shown.quoted(after: "") {
      return .cacheDropped(url: String(url))
    }
    // "binary cache 'URL' is for Nix stores with prefix …" (all), "disabling binary cache 'URL' for …" (all)
    if let url = shown.quoted(after: "binary cache "),
      text.holds("is for Nix stores") || text.holds("disabling")
    {
      return .cacheDropped(url: String(url))
    }
    // "substituter 'URL' is disabled" (all, with fallback)
    if let url = shown.quoted(after: "substituter "), text.holds("' is disabled") {
      return .cacheDropped(url: String(url))
    }

    // "ignoring untrusted substituter '…'" (all), "… it is a restricted setting and you are not a trusted user"
    if let url = shown.quoted(after: "untrusted substituter ") {
      return .substituterDistrusted(url: String(url))
    }
    if text.holds("you are not a trusted user") { return .notATrustedUser }
    // "you don't have Internet access; disabling some network-dependent features" (all),
    // "… does not exist, and substitution is disabled" (all)
    if text.holds("you don't have Internet access") || text.holds("substitution is disabled") {
      return .substitutionDisabled
    }

    // "builder for '….drv' failed with exit code N" (≤ 2.28), "Cannot build '….drv'." (≥ 2.29)
    for marker in ["builder for ", "Cannot build ", "build of "] {
      if text.hasPrefix(marker), let derivation = path(after: marker), derivation.isDerivation {
        return .buildFailed(derivation: derivation)
      }
    }
    return fallback
  }

  /// Whether only Nix prints such a message. Every compiler prints errors and warnings.
  static func isOfNix(_ complaint: Complaint) -> Bool {
    switch complaint.subject {
    case .error, .warning: break
    // A compiler's file can be truncated as well.
    case .narCorrupt(nil):
      return ["archive", "compress", "NAR contains"].contains(where: complaint.text.holds)
    default: return true
    }
    if words.contains(where: complaint.text.holds) { return true }
    // The first store path in it, as Nix quotes paths: whole, and not a file below one.
    return complaint.text.quoted(after: "").flatMap { KnownStores.any.path($0) } != nil
  }

  /// Words that only Nix and Lix print (all versions).
  private static let words = [
    "attribute '", "undefined variable '", "while evaluating", "does not provide attribute", "flake '",
    "Git tree '", "derivation '", "experimental Nix feature", "experimental feature '", "unknown setting '",
    "unrecognised flag '", "restricted setting", "substituter", "binary cache", "build-users-group",
    "/nix/var/nix/", "nix.conf", "interrupted by the user", "infinite recursion encountered",
    "evaluation aborted", "Nix search path", "refusing to evaluate", "import from derivation",
    "hash mismatch in fixed-output", "trusted-public-keys", "Nix database", "derivations need to be built",
    "narinfo", "NAR info file",
  ]

  private static func status(in text: String) -> Int? {
    guard let mark = text.firstRange(ofBytes: "HTTP error ") else { return nil }
    return Int(text[mark.upperBound...].prefix { $0.isASCII && $0.isNumber })
  }
}
