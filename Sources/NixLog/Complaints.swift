import NixModel

/// Recognizes what Nix complains of. Beside each text stand the versions that print it.
///
/// Any builder can print any of these, so they may explain why a verdict is not warm, and never support
/// that it is.
enum Complaints {
  /// How much of a message is kept.
  static let longestText = 2000

  static func complaint(from message: String, isError: Bool, in directory: StoreDirectory) -> Complaint {
    var text = EscapeSequences.stripped(message)
    for prefix in ["error: ", "error:\n", "warning: "] where text.hasPrefix(prefix) {
      text = String(text.dropFirst(prefix.count))
    }
    text = text.trimmingPrefix { $0.isWhitespace }.description
    let subject = subject(of: text, isError: isError, in: directory)
    return Complaint(subject: subject, text: Redaction.redact(String(text.prefix(longestText))))
  }

  private static func subject(
    of text: String, isError: Bool, in directory: StoreDirectory
  ) -> Complaint.Subject {
    func path(after marker: String) -> StorePath? {
      text.quoted(after: marker).flatMap { try? StorePath(parsing: $0, in: directory) }
    }
    let fallback: Complaint.Subject = isError ? .error : .warning

    // A retry is no failure yet (all versions; ≤ 2.26 call it an error at level warning).
    if text.contains("; retrying in ") { return .warning }

    // "file 'nar/….nar.xz' does not exist in binary cache 'URL'" (all; a warning since 2.33; without the
    // address where the cache is a directory)
    if text.contains("' does not exist in binary cache"), let file = text.quoted(after: "file ") {
      let cache = cache(text.quoted(after: " does not exist in binary cache "))
      return .narMissing(file: String(file), cache: cache)
    }
    // "hash mismatch importing path '…';", "size mismatch …", "ca hash mismatch …" (all)
    if text.contains("mismatch importing path ") { return .narCorrupt(path: path(after: "importing path ")) }
    // "NAR for '…' fetched from '…' is incomplete" (≥ 2.26)
    if text.hasPrefix("NAR for "), text.contains(" is incomplete") {
      return .narCorrupt(path: path(after: "NAR for "))
    }
    // Decompression and unpacking: these name no path (all).
    for mark in [
      "Failed to open archive", "Lzma library error", "input compression not recognized", "compression error",
      "failed to get libarchive filter", "input doesn't look like a Nix archive",
      "failed to read compressed data",
      "bad archive", "NAR contains", "Truncated", "truncated", "premature end of",
    ] where text.contains(mark) && isError && !text.contains("unable to download") {
      return .narCorrupt(path: nil)
    }

    // "substituter '…' does not have a valid signature for path '…'" (≤ 2.5)
    if text.contains(" does not have a valid signature for path "), let path = path(after: "for path ") {
      return .signatureUntrusted(path: path, cache: cache(text.quoted(after: "substituter ")))
    }
    // "the substitute for '…' from 'URL' is not signed by any of the keys …" (2.6 to 2.9),
    // "ignoring substitute for '…' from 'URL', as it's not signed by any of the keys …" (≥ 2.10)
    if text.contains(" not signed by any of the keys "), let path = path(after: "substitute for ") {
      return .signatureUntrusted(path: path, cache: cache(text.quoted(after: " from ")))
    }
    // "cannot add path '…' because it lacks a valid signature" (2.8), "… lacks a signature by a trusted key"
    if text.contains(" because it lacks a "), let path = path(after: "cannot add path ") {
      return .signatureUntrusted(path: path, cache: nil)
    }

    // "NAR info file '….narinfo' is corrupt" (all)
    if let file = text.quoted(after: "NAR info file ") { return .narinfoInvalid(file: String(file)) }
    // "asked 'URL' for '…' but got '…'" (all)
    if text.hasPrefix("asked "), text.contains(" but got "), let asked = path(after: " for ") {
      return .narinfoInvalid(file: "\(asked.hashPart).narinfo")
    }

    // "unable to download 'URL': HTTP error 500 …" (all)
    if let url = text.quoted(after: "unable to download ") {
      let address = Redaction.redact(String(url))
      if url.hasSuffix("/nix-cache-info") { return .cacheDropped(url: String(address.dropLast(15))) }
      return .downloadFailed(url: address, status: status(in: text))
    }
    // "'URL' does not appear to be a binary cache" (all)
    if text.contains("does not appear to be a binary cache"), let url = text.quoted(after: "") {
      return .cacheDropped(url: Redaction.redact(String(url)))
    }
    // "binary cache 'URL' is for Nix stores with prefix …" (all), "disabling binary cache 'URL' for …" (all)
    if let url = text.quoted(after: "binary cache "),
      text.contains("is for Nix stores") || text.contains("disabling")
    {
      return .cacheDropped(url: Redaction.redact(String(url)))
    }
    // "substituter 'URL' is disabled" (all, with fallback)
    if let url = text.quoted(after: "substituter "), text.contains("' is disabled") {
      return .cacheDropped(url: Redaction.redact(String(url)))
    }

    // "ignoring untrusted substituter '…'" (all), "… it is a restricted setting and you are not a trusted user"
    if let url = text.quoted(after: "untrusted substituter ") {
      return .substituterDistrusted(url: Redaction.redact(String(url)))
    }
    if text.contains("you are not a trusted user") { return .notATrustedUser }
    // "you don't have Internet access; disabling some network-dependent features" (all),
    // "… does not exist, and substitution is disabled" (all)
    if text.contains("you don't have Internet access") || text.contains("substitution is disabled") {
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

  private static func cache(_ url: Substring?) -> String? { url.map { Redaction.redact(String($0)) } }

  private static func status(in text: String) -> Int? {
    guard let mark = text.firstRange(of: "HTTP error ") else { return nil }
    return Int(text[mark.upperBound...].prefix { $0.isNumber })
  }
}

extension String {
  /// What stands between the first single quotes after `marker`.
  func quoted(after marker: String) -> Substring? {
    var rest = self[...]
    if !marker.isEmpty {
      guard let range = rest.firstRange(of: marker + "'") else { return nil }
      rest = rest[range.upperBound...]
    } else {
      guard let quote = rest.firstIndex(of: "'") else { return nil }
      rest = rest[rest.index(after: quote)...]
    }
    guard let end = rest.firstIndex(of: "'") else { return nil }
    return rest[..<end]
  }
}
