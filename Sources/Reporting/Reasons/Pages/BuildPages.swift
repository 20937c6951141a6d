// Pages about builds, and about the contradictions that they show in.
extension ReasonPage {
  static let builtLocally = ReasonPage(
    title: "the target was built on this machine",
    bearing: "cold or inconclusive",
    meaning: "The target was built on this machine.",
    detection:
      "Nix's log shows its build (by numeric type), or the store's database calls it `ultimate`.",
    advice:
      "Remove the first cause, which `warmth explain` names; or allow the build with `--allow-build`.",
    isConsequence: true)

  static let builtRemotely = ReasonPage(
    title: "a derivation was built on another machine",
    bearing: "cold or inconclusive",
    meaning: "A derivation was built on another machine, and its outputs were copied back.",
    detection:
      "Nix's log shows the build with a machine's name. The database cannot tell it from a copy.",
    advice: "Prove without builders (`builders =`), and remove the first cause.",
    isConsequence: true)

  static let forbiddenBuild = ReasonPage(
    title: "Nix began a build that is not allowed",
    bearing: "cold or inconclusive",
    meaning:
      "Nix began a build that the policy does not allow: of a dependency, during evaluation, or of a target that was ended.",
    detection: "Nix's log shows its build (by numeric type). With `--builds stop` Nix is ended there.",
    advice:
      "Remove the first cause, which `warmth explain` names; or allow the build with `--allow-build`.",
    isConsequence: true)

  static let witnessesDisagree = ReasonPage(
    title: "two witnesses contradict each other",
    bearing: "inconclusive",
    meaning: "Two witnesses contradict each other, and it is not resolved in favour of warm.",
    detection:
      "Copied in the log and built in the database; copied and not valid; valid and neither copied nor built; "
      + "copied and not offered; copied and not vouched for; another hash than was offered; a token's claims "
      + "that the server contradicts.",
    advice:
      "Prove again on a fresh runner; if it persists, `warmth explain RUN PATH` shows what each witness said.",
    isConsequence: true)

  static let sandboxUnavailable = ReasonPage(
    title: "what has to be built cannot be built here",
    bearing: "inconclusive",
    meaning:
      "A derivation has to be built into a store of the run's own (`--isolated`, `--store`), and nothing can "
      + "be built there: without a sandbox Nix would write into the machine's store.",
    detection:
      "Before the run, and only where the policy lets something be built: this Nix cannot build an empty "
      + "derivation with `sandbox = true` in a throwaway store.",
    advice:
      "Prove into the machine's store on a fresh runner, or as root, or where users may make namespaces.")
}
