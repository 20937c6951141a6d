public import NixModel

extension NixProgram {
  /// Whether this Nix can build in its sandbox, found out by building an empty derivation into the store
  /// `directory`, which nothing else should use.
  ///
  /// The builder is Nix's own (`builtin:buildenv`), so that nothing but the sandbox is tried; no cache is
  /// asked and no other machine.
  public func sandbox(tryingIn directory: String) async -> RunnerEnvironment.Sandbox {
    let other = NixProgram(version: version, launcher: launcher, store: directory)
      .with(
        NixConfiguration().sandboxed.setting("builders", to: "").setting("substituters", to: "")
          .setting("substitute", to: "false"))
    let expression = """
      derivation {
        name = "warmth-sandbox"; system = builtins.currentSystem;
        builder = "builtin:buildenv"; derivations = ""; manifest = "/dev/null";
      }
      """
    let command = ["build", "--no-link", "--log-format", "internal-json"] + other.store
    do throws(NixError) {
      let answer = try await other.launcher.hear(command + ["--impure", "--expr", expression])
      return answer.log.ending == .exited(code: 0) ? .works : .missing(cause: answer.message)
    } catch {
      return .missing(cause: error.description)
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
