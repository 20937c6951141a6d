// Pages about the course of a run and its end.
extension ReasonPage {
  static let evaluationFailed = ReasonPage(
    title: "the installable could not be evaluated",
    bearing: "inconclusive",
    meaning: "The installable did not evaluate to derivations with known output paths.",
    detection:
      "`nix eval` fails, or gives no derivation, no such output, or a path that is known only after a build "
      + "(floating, deferred and impure derivations, which the message tells apart).",
    advice:
      "Correct what Nix complains of, and prove again. `nix path-info --derivation --show-trace` with the same "
      + "installable shows the way to the error.")

  static let nixFailed = ReasonPage(
    title: "Nix failed",
    bearing: "inconclusive",
    meaning: "Nix ended with an error or a signal.",
    detection:
      "The exit status of `nix build`; the message is the last error of its log that tells of a full disk, "
      + "or else the last.",
    advice: "If another reason names a cause, remove that first. Otherwise read Nix's message.",
    isConsequence: true)

  static let timedOut = ReasonPage(
    title: "the run took too long",
    bearing: "inconclusive",
    meaning: "The run took longer than `--timeout` gave it.",
    detection: "Nix was ended by the run itself.",
    advice: "Give it more time, or find out with `warmth explain` what it waited for.")

  static let interrupted = ReasonPage(
    title: "the run was ended from outside",
    bearing: "inconclusive",
    meaning: "The run was ended from outside, or its process died before it came to a conclusion.",
    detection: "SIGINT, SIGTERM or SIGHUP; or a recorded run without a conclusion whose process is gone.",
    advice: "Prove again, and let the run come to its end.")

  static let stoppedEarly = ReasonPage(
    title: "the run ended before this target's turn",
    bearing: "inconclusive",
    meaning: "The run ended for another target's sake before this one was realized.",
    detection: "`--builds stop` ended the run, and nothing speaks against this target.",
    advice:
      "Remove the other target's causes, or use `--builds forbid`, which gives every target its verdict.",
    isConsequence: true)

  static let nothingTransferred = ReasonPage(
    title: "nothing was copied",
    bearing: "inconclusive",
    meaning: "Nothing was copied from any cache, so nothing is proved.",
    detection: "No condition failed, and the log shows no copy of what the target needs.",
    advice: "See that the target has paths to copy that are not allowed to be built.",
    isConsequence: true)

  static let witnessMissing = ReasonPage(
    title: "a witness could not be heard",
    bearing: "inconclusive",
    meaning: "A witness could not be heard: silence is never read as consent.",
    detection:
      "The store's database could not be read, a path was not asked for (a survey ends at 200,000 paths and at "
      + "2,000 references in a row), Nix could not be started, or records of its log could not be read or were "
      + "more than is kept.",
    advice: "Make sure that this user may read the store and run Nix, and prove again.")
}
