// Pages about the runner and its store before the run.
extension ReasonPage {
  static let presentBefore = ReasonPage(
    title: "the path was there before the run",
    bearing: "inconclusive",
    meaning: "The path was in the store before the run, so nothing shows that a cache provides it.",
    detection:
      "Before anything is evaluated, the store's database is asked how far its rows go; afterwards it and the "
      + "disk are asked for every output and for everything else that has to be copied. What has a later row "
      + "came with the run, whatever the log says. A path that these refer to may have been there, if an "
      + "accepted cache offers it signed, with the registered hash, and has its archive, and if it was not "
      + "built here. Under `--fresh` (policy `fresh: true`) none may.",
    advice: "Prove on a fresh runner, or with `--isolated`.")

  static let writeTokenPresent = ReasonPage(
    title: "the run could have written to a cache",
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
}
