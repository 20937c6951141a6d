// Pages about caches: their offers, their answers, and their use by Nix.
extension ReasonPage {
  static let notInSubstituter = ReasonPage(
    title: "no cache has the path",
    bearing: "cold or inconclusive",
    meaning: "None of the accepted caches has the target's path.",
    detection:
      "Every accepted cache that answers says 404 (or 410) for the path's narinfo; one that offers it and "
      + "is not accepted is named. If none answers, only their silence is reported. Or a cache offered it "
      + "to the survey, and Nix did not get it although it complained of no cache: the path vanished in "
      + "between.",
    advice:
      "`warmth explain` compares the derivation with that of the last warm run: changed inputs need a "
      + "prewarm of these inputs, the same derivation needs to be published again.")

  static let referenceMissing = ReasonPage(
    title: "no cache has a path that is referred to",
    bearing: "cold or inconclusive",
    meaning:
      "A path of the closure is in none of the accepted caches. Nix 2.30 and later builds it and all "
      + "above it.",
    detection: "The references of every narinfo are followed, and asked for in turn.",
    advice:
      "Publish the missing path. `attic push` leaves out paths that an upstream cache has signed: make "
      + "that cache a substituter too, or push with `--ignore-upstream-cache-filter`.")

  static let narMissing = ReasonPage(
    title: "the archive is not in the cache",
    bearing: "cold or inconclusive",
    meaning:
      "The cache has the narinfo and not the archive. Nix says that it copies, warns, builds, and exits 0.",
    detection:
      "Each target's archive is asked for before the run (HEAD, or GET of one byte); and Nix's log says "
      + "`file '…' does not exist in binary cache`, which it does for 401 and 403, too.",
    advice: "Remove the narinfo from the cache and push the path again: a plain push may skip it.")

  static let narCorrupt = ReasonPage(
    title: "the archive is not what was promised",
    bearing: "cold or inconclusive",
    meaning: "The archive that the cache sent is not the one that the narinfo promises.",
    detection:
      "Nix's log shows a hash mismatch, a decompression error or an incomplete archive after the copy began.",
    advice: "Remove narinfo and archive from the cache and push the path again.")

  static let signatureUntrusted = ReasonPage(
    title: "no trusted key signed the path",
    bearing: "cold or inconclusive",
    meaning: "No trusted key signed the cache's offer, and the path is not content-addressed.",
    detection:
      "Every narinfo's signatures are verified over its fingerprint with the keys that the run trusts.",
    advice: "Trust the cache's key, or have the publisher sign the path with a key that is trusted.")

  static let narinfoInvalid = ReasonPage(
    title: "the cache's metadata cannot be used",
    bearing: "cold or inconclusive",
    meaning: "The cache's answer is no valid narinfo of the path.",
    detection:
      "The narinfo is read as Nix reads it: a missing field, a value that Nix refuses (an empty Deriver, "
      + "a FileHash that is none, a CA that is not true), a signature of a trusted key that cannot be read, "
      + "a cut text, another path; and more than 2 MiB or 32 signatures.",
    advice:
      "Look at the cache's answer with `curl`; if it is damaged, remove it and push the path again.")

  static let wrongSubstituter = ReasonPage(
    title: "the path came from a cache that is not accepted",
    bearing: "inconclusive",
    meaning: "The path was copied, and not from a cache that the policy accepts.",
    detection:
      "The source of each copy in Nix's log is compared with the substituters and with `--expect-from`.",
    advice:
      "Accept the cache with `--expect-from`, or leave it out and see that an accepted one has the path.")

  static let substituterUnreachable = ReasonPage(
    title: "a cache did not answer",
    bearing: "inconclusive",
    meaning: "A cache that might have had the path did not answer.",
    detection:
      "No connection, a failed TLS handshake, a stalled or broken answer, after three tries. `s3://` and "
      + "`ssh-ng://` caches can only be asked by Nix.",
    advice: "See with `curl` whether it answers from this runner, and prove again.")

  static let substituterError = ReasonPage(
    title: "a cache answered with an error",
    bearing: "inconclusive; cold of a cache that Nix does not use, where no other might have the path",
    meaning:
      "A cache that might have had the path answered with an error, or is no binary cache for this store.",
    detection:
      "HTTP 429 or 5xx after three tries; a `nix-cache-info` that is missing, is none, or is for another "
      + "store directory (Nix does not use such a cache); a narinfo with a `Content-Encoding` that the Nix "
      + "in use does not decode; a download that failed in Nix's log.",
    advice: "Look at the answer with `curl`, and at the cache's own log; then prove again.")

  static let substituterRefused = ReasonPage(
    title: "a cache did not let the run ask",
    bearing: "cold or inconclusive",
    meaning: "A cache did not let the run ask. Nix says nothing of it and goes on as if it had nothing.",
    detection: "HTTP 401, 403 or 407 for a narinfo or an archive.",
    advice:
      "Give the run a token that may read (`netrc-file`). Where the cache answers about other paths, it "
      + "most likely lacks this one: object stores answer 403 about missing objects to clients that may not "
      + "list them.")

  static let substitutesDisallowed = ReasonPage(
    title: "substitution is ruled out",
    bearing: "cold where the derivation says so, else inconclusive",
    meaning: "Something keeps Nix from substituting at all.",
    detection:
      "The derivation sets `allowSubstitutes = false`; Nix's settings say `substitute = false`; the "
      + "daemon ignores a cache that this user may not name; or Nix found no network.",
    advice:
      "Allow the derivation to be built, or correct the setting where it was set: `warmth explain` names "
      + "the place."
  )
}
