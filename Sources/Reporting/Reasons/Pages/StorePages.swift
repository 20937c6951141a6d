// Pages about the runner and its store before the run.
extension ReasonPage {
  static let presentBefore = ReasonPage(
    title: "the path was there before the run",
    bearing: "inconclusive",
    meaning: "The path was in the store before the run, so nothing shows that a cache provides it.",
    detection:
      "Before anything is evaluated, the last row of the store's database is noted; afterwards the "
      + "database and the disk are asked for every output and for every other path that has to be copied. A "
      + "path with a later row came with the run. A path that these refer to may have been there before, if "
      + "an accepted cache offers it signed, with the registered hash, and has its archive, and if it was "
      + "not built here. Under `--fresh` (policy `fresh: true`) it may not.",
    advice: "Prove on a fresh runner, or with `--isolated`.")

  static let writeTokenPresent = ReasonPage(
    title: "the run could have written to a cache",
    bearing: "inconclusive",
    meaning:
      "The run held something that could have written to a cache, so it may have warmed it itself.",
    detection:
      "The environment, the configuration of Attic, Cachix and niks3, netrc files, the credentials of "
      + "AWS, Google and MinIO, Nix's settings and the addresses of substituters are searched, and each "
      + "cache is asked whether it accepts uploads without credentials, by a request that changes nothing. "
      + "An Attic token's claims are decoded, and the server is asked whether it may push. A credential "
      + "counts as writing unless it states that it only reads, or Attic itself refuses it (403) for a "
      + "cache of the run. Credentials with many uses (SSH keys and agents, Kubernetes credentials, the "
      + "means to get OIDC tokens, netrc entries of other hosts, a `file://` cache that can be written to) "
      + "decide where they reach a cache of the run, and under `--strict`; otherwise they are recorded and "
      + "shown.",
    advice:
      "Take it from the proving runner, or give it a token with `r` and nothing else. If a credential "
      + "only reads, the policy can assert it (`read-only: [KIND@PLACE]`); the assertion is recorded and "
      + "shown.")
}
