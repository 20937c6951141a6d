public import NixModel

extension NixProgram {
  /// Whether this Nix can build in its sandbox, found out by building an empty derivation into the store
  /// `directory`, which nothing else should use.
  ///
  /// The builder is Nix's own (`builtin:buildenv`), so that nothing but the sandbox is tried; no cache is
  /// asked and no other machine.
  public func sandbox(tryingIn directory: String) async -> RunnerEnvironment.Sandbox {
    let other = NixProgram(version: version, launcher: launcher, directory: directory)
      .with(
        NixConfiguration().sandboxed.setting("builders", to: "").setting("substituters", to: "")
          .setting("substitute", to: "false"))
    let expression = """
      derivation {
        name = "warmth-sandbox"; system = builtins.currentSystem;
        builder = "builtin:buildenv"; derivations = ""; manifest = "/dev/null";
      }
      """
    let command = ["build", "--no-link"] + other.store
    let answer = await other.launcher.hear(command + ["--impure", "--expr", expression])
    switch answer.log.ending {
    case .exited(code: 0): return .works
    case .failedToStart(let cause): return .missing(cause: cause)
    case .exited, .signalled, .stopped, .timedOut, .interrupted, .notStarted:
      return .missing(cause: answer.message)
    }
  }
}

extension NixConfiguration {
  /// The same with nothing built outside of a sandbox. Without one, a build for a store in another directory
  /// writes into the machine's own.
  public var sandboxed: NixConfiguration {
    setting("sandbox", to: "true").setting("sandbox-fallback", to: "false")
  }
}
