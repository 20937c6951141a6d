import Foundation
public import NixModel

/// Nix's effective settings, as far as a proof depends on them.
public struct NixSettings: Sendable {
  /// The caches, in the configured order, those included that only Nix can ask.
  public let substituters: [SubstituterURL]
  /// The trusted keys as they stand there: they are read where they are needed.
  private let keys: [String]
  /// Nix's sandbox; `nil` where it does not tell.
  public let sandbox: SandboxSetting?
  /// The group whose members run the builds; `nil` where they run as Nix itself.
  public let buildUsersGroup: String?
  /// Whether Nix asks caches for derivations that disallow it as well.
  public let alwaysSubstitutes: Bool
  /// A file of certificates that Nix trusts.
  public let sslCertFile: String?
  /// Whether Nix can write its records to a place of their own.
  let writesRecords: Bool
  /// Whether Nix substitutes at all.
  public let substitutes: Bool
  /// Files whose keys sign everything that is built here.
  public let secretKeyFiles: [String]
  /// A program that runs after every build, and may publish.
  public let postBuildHook: String?
  /// Where Nix looks for user names and passwords.
  public let netrcFile: String?
  /// The tokens with which Nix fetches inputs. They go nowhere; they are known only so that they are never shown.
  public let accessTokens: [String]
  /// The platform that Nix builds for.
  public let system: String
  /// The store: `auto`, `daemon`, a directory, an address.
  public let store: String
}

extension NixSettings {
  /// Reads the output of `nix show-config --json`.
  ///
  /// - Throws: ``NixError`` where it is something else.
  init(json: [UInt8]) throws(NixError) {
    let question = "nix show-config"
    guard let all = try? JSONDecoder().decode([String: Setting].self, from: Data(json)) else {
      throw .unreadable(question: question, cause: "it is not the JSON of settings")
    }
    substituters = all.words("substituters").map { SubstituterURL(anyStore: $0) }
    keys = all.words("trusted-public-keys")
    sandbox =
      all["sandbox"]?.flag.map { $0 ? .always : .never }
      ?? all.word("sandbox").flatMap { SandboxSetting(rawValue: $0) }
    buildUsersGroup = all.word("build-users-group")
    alwaysSubstitutes = all["always-allow-substitutes"]?.flag ?? false
    sslCertFile = all.word("ssl-cert-file")
    writesRecords = all["json-log-path"] != nil
    substitutes = all["substitute"]?.flag ?? true
    secretKeyFiles = all.words("secret-key-files")
    postBuildHook = all.word("post-build-hook")
    netrcFile = all.word("netrc-file")
    accessTokens = all.words("access-tokens")
    system = all.word("system") ?? ""
    store = all.word("store") ?? "auto"
  }

  /// The trusted keys.
  ///
  /// - Throws: ``NixError`` where one is malformed: with it Nix verifies nothing either.
  public func trustedKeys() throws(NixError) -> TrustedKeys {
    do { return TrustedKeys(try keys.map { try PublicKey(parsing: $0) }) } catch {
      throw .unreadable(question: "nix show-config", cause: "trusted-public-keys: \(error)")
    }
  }
}

/// `{"value": …}`; the value is a string, a flag, a list of strings, or something of no interest here.
private struct Setting: Decodable {
  let words: [String]
  let flag: Bool?

  enum CodingKeys: CodingKey { case value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let text = try? container.decode(String.self, forKey: .value) {
      (words, flag) = (text.split(separator: " ").map(String.init), nil)
    } else if let list = try? container.decode([String].self, forKey: .value) {
      (words, flag) = (list, nil)
    } else if let values = try? container.decode([String: String].self, forKey: .value) {
      (words, flag) = (Array(values.values), nil)
    } else {
      (words, flag) = ([], try? container.decode(Bool.self, forKey: .value))
    }
  }
}

extension [String: Setting] {
  fileprivate func words(_ name: String) -> [String] { self[name]?.words ?? [] }
  fileprivate func word(_ name: String) -> String? { self[name]?.words.first }
}
