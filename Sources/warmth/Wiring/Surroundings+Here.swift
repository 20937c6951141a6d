import Credentials
import Foundation
import NixCommand
import NixModel

extension Surroundings {
  /// The surroundings of this process, as far as they are known before Nix was asked for its settings.
  static func here(substituters: [SubstituterURL] = []) -> Surroundings {
    let variables = ProcessInfo.processInfo.environment
    // Where Nix would look by default.
    let netrc = "\(variables["NIX_CONF_DIR"] ?? "/etc/nix")/netrc"
    return Surroundings(
      environment: variables, home: variables["HOME"], netrcFile: netrc, substituters: substituters,
      passwordHome: homeInPasswordDatabase())
  }

  /// The surroundings of this process, by the settings of its Nix.
  static func here(_ settings: NixSettings, substituters: [SubstituterURL]) -> Surroundings {
    let variables = ProcessInfo.processInfo.environment
    return Surroundings(
      environment: variables, home: variables["HOME"], secretKeyFiles: settings.secretKeyFiles,
      postBuildHook: settings.postBuildHook, netrcFile: settings.netrcFile, substituters: substituters,
      passwordHome: homeInPasswordDatabase())
  }

  /// Everything found, after all that writes, prints or sends was told the values.
  func taughtFindings() -> [Finding] {
    let findings = findings(at: .now)
    if let known = Redaction.known { teach(known, findings) }
    return findings
  }
}
