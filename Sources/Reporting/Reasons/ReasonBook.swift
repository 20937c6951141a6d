public import NixModel

/// The book of reason codes: what each means for the proof, how it is detected, and what to do.
public struct ReasonBook: Sendable {
  private let codes: [ReasonCode]

  /// The entries of `codes`; of all of them by default.
  public init(_ codes: [ReasonCode] = ReasonCode.allCases) { self.codes = codes }

  /// The book as Markdown. `docs/reasons.md` is just this.
  public func markdown() -> String {
    let head = """
      # Reason codes

      Why a verdict is not `warm`. `warmth reasons > docs/reasons.md` writes this page; `warmth reasons CODE`
      prints one entry, and `warmth explain` says which of them a run began with, and why. Codes are stable: new
      ones may be added, none is renamed. A reason's bearing is `cold` (a witness saw the opposite of warm) or
      `inconclusive` (the proof could not be made); where both are named, it is `cold` unless a cache that might
      have turned it did not answer, or Nix was kept from asking one.

      """
    return head + "\n" + codes.map(entry).joined(separator: "\n")
  }

  /// The entries alone, without the page's head.
  public func entries() -> String { codes.map(entry).joined(separator: "\n") }

  private func entry(_ code: ReasonCode) -> String {
    let entry = code.entry
    return """
      ## `\(code.rawValue)`: \(code.meaning)

      - **Bearing:** \(entry.bearing).
      - **Meaning:** \(entry.meaning)
      - **Detected:** \(entry.detection)
      - **What to do:** \(entry.advice)

      """
  }
}

/// What the book says of one code.
struct ReasonEntry {
  let bearing: String
  let meaning: String
  let detection: String
  let advice: String
}

extension ReasonCode {
  var entry: ReasonEntry {
    switch self {
    case .presentBefore:
      ReasonEntry(
        bearing: "inconclusive",
        meaning: "The path was in the store before the run, so nothing shows that a cache provides it.",
        detection:
          "Before anything is evaluated, the store's database is asked how far its rows go; afterwards it and the "
          + "disk are asked for every output and for everything else that has to be copied. What has a later row "
          + "came with the run, whatever the log says. A path that these refer to may have been there, if an "
          + "accepted cache offers it signed, with the registered hash, and has its archive, and if it was not "
          + "built here. Under `--fresh` (policy `fresh: true`) none may.",
        advice: "Prove on a fresh runner, or with `--isolated`.")
    case .writeTokenPresent:
      ReasonEntry(
        bearing: "inconclusive",
        meaning:
          "The run held something that could have written to a cache, so it may have warmed it itself.",
        detection:
          "The environment, the configuration of Attic, Cachix and niks3, netrc files, the credentials of AWS, "
          + "Google and MinIO, Nix's settings and the addresses of substituters are searched, and each cache is asked "
          + "whether it takes what anybody puts there, by a request that changes nothing. An Attic token's claims are "
          + "decoded, and the server is asked whether it may push. What does not say that it only reads counts as "
          + "writing, unless Attic itself refuses it (403) for a cache of the run. What is good for many things (SSH "
          + "keys and agents, Kubernetes credentials, the means to get OIDC tokens, netrc entries of other hosts, a "
          + "`file://` cache that can be written to) decides where it reaches a cache of the run, and under "
          + "`--strict`; otherwise it is recorded and shown.",
        advice:
          "Take it from the proving runner, or give it a token with `r` and nothing else. Of what only reads, the "
          + "policy can say so (`read-only: [KIND@PLACE]`); that is recorded and shown as an assertion.")
    case .notInSubstituter:
      ReasonEntry(
        bearing: "cold or inconclusive",
        meaning: "None of the accepted caches has the target's path.",
        detection:
          "Every accepted cache that answers says 404 (or 410) for the path's narinfo; one that offers it and is not "
          + "accepted is named. Where none answers, only their silence is told. Or a cache offered it to the survey, "
          + "and Nix, which complained of no cache, did not get it: it vanished in between.",
        advice:
          "`warmth explain` compares the derivation with that of the last warm run: changed inputs need a prewarm "
          + "of these inputs, the same derivation needs to be published again.")
    case .referenceMissing:
      ReasonEntry(
        bearing: "cold or inconclusive",
        meaning:
          "A path of the closure is in none of the accepted caches. Nix 2.30 and later builds it and all above it.",
        detection: "The references of every narinfo are followed, and asked for in turn.",
        advice:
          "Publish the missing path. `attic push` leaves out what an upstream cache has signed: make that cache a "
          + "substituter too, or push with `--ignore-upstream-cache-filter`.")
    case .narMissing:
      ReasonEntry(
        bearing: "cold or inconclusive",
        meaning:
          "The cache has the narinfo and not the archive. Nix says that it copies, warns, builds, and exits 0.",
        detection:
          "Each target's archive is asked for before the run (HEAD, or GET of one byte); and Nix's log says "
          + "`file '…' does not exist in binary cache`, which it does for 401 and 403, too.",
        advice: "Remove the narinfo from the cache and push the path again: a plain push may skip it.")
    case .narCorrupt:
      ReasonEntry(
        bearing: "cold or inconclusive",
        meaning: "What the cache sent is not the archive that the narinfo promises.",
        detection:
          "Nix's log shows a hash mismatch, a decompression error or an incomplete archive after the copy began.",
        advice: "Remove narinfo and archive from the cache and push the path again.")
    case .signatureUntrusted:
      ReasonEntry(
        bearing: "cold or inconclusive",
        meaning: "No trusted key signed what the cache offers, and it is not content-addressed.",
        detection:
          "Every narinfo's signatures are verified over its fingerprint with the keys that the run trusts.",
        advice: "Trust the cache's key, or have the publisher sign the path with a key that is trusted.")
    case .narinfoInvalid:
      ReasonEntry(
        bearing: "cold or inconclusive",
        meaning: "What the cache sent for the path is no narinfo of it.",
        detection:
          "The narinfo is read as Nix reads it: a missing field, a value that Nix refuses (an empty Deriver, a "
          + "FileHash that is none, a CA that is not true), a signature of a trusted key that cannot be read, a cut "
          + "text, another path; and more than 2 MiB or 32 signatures.",
        advice:
          "Look at what the cache sends with `curl`; if it is damaged, remove it and push the path again.")
    case .wrongSubstituter:
      ReasonEntry(
        bearing: "inconclusive",
        meaning: "The path was copied, and not from a cache that the policy accepts.",
        detection:
          "The source of each copy in Nix's log is compared with the substituters and with `--expect-from`.",
        advice:
          "Accept the cache with `--expect-from`, or leave it out and see that an accepted one has the path.")
    case .substituterUnreachable:
      ReasonEntry(
        bearing: "inconclusive",
        meaning: "A cache that might have had the path did not answer.",
        detection:
          "No connection, a failed TLS handshake, a stalled or broken answer, after three tries. `s3://` and `ssh-ng://` caches can only be asked by Nix.",
        advice: "See with `curl` whether it answers from this runner, and prove again.")
    case .substituterError:
      ReasonEntry(
        bearing: "inconclusive; cold of a cache that Nix does not use, where no other might have the path",
        meaning:
          "A cache that might have had the path answered with an error, or is no binary cache for this store.",
        detection:
          "HTTP 429 or 5xx after three tries; a `nix-cache-info` that is missing, is none, or is for another store "
          + "directory (Nix does not use such a cache); a narinfo with a "
          + "`Content-Encoding` that the Nix in use does not decode; a download that failed in Nix's log.",
        advice: "Look at the answer with `curl`, and at the cache's own log; then prove again.")
    case .substituterRefused:
      ReasonEntry(
        bearing: "cold or inconclusive",
        meaning: "A cache did not let the run ask. Nix says nothing of it and goes on as if it had nothing.",
        detection: "HTTP 401, 403 or 407 for a narinfo or an archive.",
        advice:
          "Give the run a token that may read (`netrc-file`). Where the cache answers about other paths, it most likely "
          + "has not this one: object stores say 403 of what is not there to those who may not list them.")
    case .substitutesDisallowed:
      ReasonEntry(
        bearing: "cold where the derivation says so, else inconclusive",
        meaning: "Something keeps Nix from substituting, whatever the caches have.",
        detection:
          "The derivation sets `allowSubstitutes = false`; Nix's settings say `substitute = false`; the daemon "
          + "ignores a cache that this user may not name; or Nix found no network.",
        advice:
          "Allow the derivation to be built, or correct the setting where it was set: `warmth explain` names the place."
      )
    case .builtLocally:
      ReasonEntry(
        bearing: "cold or inconclusive",
        meaning: "The target was built on this machine.",
        detection:
          "Nix's log shows its build (by numeric type), or the store's database calls it `ultimate`.",
        advice:
          "Remove the first cause, which `warmth explain` names; or allow the build with `--allow-build`.")
    case .builtRemotely:
      ReasonEntry(
        bearing: "cold or inconclusive",
        meaning: "A derivation was built on another machine, and its outputs were copied back.",
        detection:
          "Nix's log shows the build with a machine's name. The database cannot tell it from a copy.",
        advice: "Prove without builders (`builders =`), and remove the first cause.")
    case .forbiddenBuild:
      ReasonEntry(
        bearing: "cold or inconclusive",
        meaning:
          "Nix began a build that the policy does not allow: of a dependency, during evaluation, or of a target that was ended.",
        detection: "Nix's log shows its build (by numeric type). With `--builds stop` Nix is ended there.",
        advice:
          "Remove the first cause, which `warmth explain` names; or allow the build with `--allow-build`.")
    case .witnessesDisagree:
      ReasonEntry(
        bearing: "inconclusive",
        meaning: "Two witnesses contradict each other, and it is not resolved in favour of warm.",
        detection:
          "Copied in the log and built in the database; copied and not valid; valid and neither copied nor built; "
          + "copied and not offered; copied and not vouched for; another hash than was offered; a token's claims "
          + "that the server contradicts.",
        advice:
          "Prove again on a fresh runner; if it persists, `warmth explain RUN PATH` shows what each witness said."
      )
    case .sandboxUnavailable:
      ReasonEntry(
        bearing: "inconclusive",
        meaning:
          "A derivation has to be built into a store of the run's own (`--isolated`, `--store`), and nothing can "
          + "be built there: without a sandbox Nix would write into the machine's store.",
        detection:
          "Before the run, and only where the policy lets something be built: this Nix cannot build an empty "
          + "derivation with `sandbox = true` in a throwaway store.",
        advice:
          "Prove into the machine's store on a fresh runner, or as root, or where users may make namespaces.")
    case .evaluationFailed:
      ReasonEntry(
        bearing: "inconclusive",
        meaning: "The installable did not evaluate to derivations with known output paths.",
        detection:
          "`nix eval` fails, or gives no derivation, no such output, or a path that is known only after a build "
          + "(floating, deferred and impure derivations, which the message tells apart).",
        advice:
          "Correct what Nix complains of, and prove again. `nix path-info --derivation --show-trace` with the same "
          + "installable shows the way to the error.")
    case .nixFailed:
      ReasonEntry(
        bearing: "inconclusive",
        meaning: "Nix ended with an error or a signal.",
        detection:
          "The exit status of `nix build`; the message is the last error of its log that tells of a full disk, "
          + "or else the last.",
        advice: "If another reason names a cause, remove that first. Otherwise read Nix's message.")
    case .timedOut:
      ReasonEntry(
        bearing: "inconclusive",
        meaning: "The run took longer than `--timeout` gave it.",
        detection: "Nix was ended by the run itself.",
        advice: "Give it more time, or find out with `warmth explain` what it waited for.")
    case .interrupted:
      ReasonEntry(
        bearing: "inconclusive",
        meaning: "The run was ended from outside, or its process died before it came to a conclusion.",
        detection: "SIGINT, SIGTERM or SIGHUP; or a recorded run without a conclusion whose process is gone.",
        advice: "Prove again, and let the run come to its end.")
    case .stoppedEarly:
      ReasonEntry(
        bearing: "inconclusive",
        meaning: "The run ended for another target's sake before this one was realized.",
        detection: "`--builds stop` ended the run, and nothing speaks against this target.",
        advice:
          "Remove the other target's causes, or use `--builds forbid`, which gives every target its verdict.")
    case .nothingTransferred:
      ReasonEntry(
        bearing: "inconclusive",
        meaning: "Nothing was copied from any cache, so nothing is proved.",
        detection: "No condition failed, and the log shows no copy of what the target needs.",
        advice: "See that the target has paths to copy that are not allowed to be built.")
    case .witnessMissing:
      ReasonEntry(
        bearing: "inconclusive",
        meaning: "A witness could not be heard: silence is never read as consent.",
        detection:
          "The store's database could not be read, a path was not asked for (a survey ends at 200,000 paths and at "
          + "2,000 references in a row), Nix could not be started, or records of its log could not be read or were "
          + "more than is kept.",
        advice: "Make sure that this user may read the store and run Nix, and prove again.")
    }
  }
}
