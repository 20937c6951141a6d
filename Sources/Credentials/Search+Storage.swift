import Foundation
import NixModel

// Credentials of caches other than Attic, and of the storage behind caches.
extension Surroundings {
  func cachix() -> [Finding] {
    let silent = MeansOfWriting.Permission.unknown("it does not say what it permits")
    let signs = MeansOfWriting.Permission.writes("it signs what is pushed")
    let found =
      variables(["CACHIX_AUTH_TOKEN"], of: .cachixToken, silent)
      + variables(["CACHIX_SIGNING_KEY"], of: .cachixSigningKey, signs)
    guard let directory = configurationDirectory else { return found }
    let path = "\(directory)/cachix/cachix.dhall"
    return found
      + search(path, for: .cachixToken) { text in
        // Dhall is a language: a secret may be a text in either notation, or an expression. So everything but
        // the empty text counts as a secret.
        func holds(_ field: String) -> [String]? {
          let values = text.matches(of: Self.assignment(of: field)).map { match in
            text[match.range.upperBound...].prefix { $0 != "," && $0 != "}" }
              .trimmingCharacters(in: .whitespacesAndNewlines)
          }.filter { $0 != "\"\"" && !$0.isEmpty }
          return values.isEmpty ? nil : values
        }
        func finding(
          _ kind: MeansOfWriting.Kind, _ permission: MeansOfWriting.Permission, _ values: [String]
        ) -> Finding {
          let quotes = CharacterSet(charactersIn: "\"' \n\t")
          return Finding(
            .init(kind, at: "the file \(path)", permission),
            secrets: values.map { Secret($0.trimmingCharacters(in: quotes)) })
        }
        var found: [Finding] = []
        if let values = holds("authToken") { found.append(finding(.cachixToken, silent, values)) }
        if let values = holds("secretKey") { found.append(finding(.cachixSigningKey, signs, values)) }
        return found
      }
  }

  /// Matches `authToken =` or `secretKey =`, with or without quotes and a type.
  private static func assignment(of field: String) -> Regex<Substring> {
    let pattern =
      field == "authToken"
      ? /\bauthToken`?\s*(?::\s*Text\s*)?=\s*/ : /\bsecretKey`?\s*(?::\s*Text\s*)?=\s*/
    return pattern.matchingSemantics(.unicodeScalar)
  }

  func aws() -> [Finding] {
    let why = MeansOfWriting.Permission.unknown("what it permits is known to AWS alone")
    let found = variables(
      [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
      ], of: .awsCredentials, why)
    let files = [
      variable("AWS_SHARED_CREDENTIALS_FILE") ?? home.map { "\($0)/.aws/credentials" },
      variable("AWS_CONFIG_FILE") ?? home.map { "\($0)/.aws/config" },
    ]
    // All settings with which a profile can get credentials. Source: AWS SDKs and Tools Reference Guide,
    // "Settings reference".
    let ways =
      /(?im)^[ \t]*(aws_access_key_id|aws_secret_access_key|aws_session_token|credential_process|credential_source|source_profile|login_session|sso_session|sso_start_url|sso_account_id|role_arn|web_identity_token_file)[ \t]*[=:][ \t]*\S/
    let secrets = /(?im)^[ \t]*(aws_secret_access_key|aws_session_token)[ \t]*[=:]/
    return found
      + files.compactMap(\.self).unique.flatMap { path in
        search(path, for: .awsCredentials) { text in
          guard text.firstMatch(of: ways.matchingSemantics(.unicodeScalar)) != nil else { return [] }
          return [
            Finding(
              .init(.awsCredentials, at: "the file \(path)", why),
              secrets: values(of: secrets, in: text).map { Secret($0) })
          ]
        }
      }
  }

  func google() -> [Finding] {
    let why = MeansOfWriting.Permission.unknown("what it permits is known to Google alone")
    let found = variables(
      [
        "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN",
        "CLOUDSDK_AUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
      ], of: .googleCredentials, why)
    let directory = variable("CLOUDSDK_CONFIG") ?? home.map { "\($0)/.config/gcloud" }
    guard let directory else { return found }
    let path = "\(directory)/application_default_credentials.json"
    return found
      + search(path, for: .googleCredentials) { text in
        guard text.contains(where: { !$0.isWhitespace }) else { return [] }
        let names = /"(?:private_key|refresh_token|client_secret|access_token)"\s*:/
        // The lines of a key stand in one text, with `\n` between them. Each line is a secret.
        let secrets = values(of: names, in: text).flatMap { $0.components(separatedBy: "\\n") }
        return [
          Finding(
            .init(.googleCredentials, at: "the file \(path)", why), secrets: secrets.map { Secret($0) })
        ]
      }
  }

  func minio() -> [Finding] {
    let why = MeansOfWriting.Permission.unknown("what it permits is known to its server alone")
    let names =
      environment.keys.filter { $0.hasPrefix("MC_HOST_") }.sorted()
      + ["MINIO_SECRET_KEY", "MINIO_ROOT_PASSWORD"]
    let found = variables(names, of: .minioCredentials, why)
    guard let directory = variable("MC_CONFIG_DIR") ?? home.map({ "\($0)/.mc" }) else { return found }
    let path = "\(directory)/config.json"
    return found
      + search(path, for: .minioCredentials) { text in
        guard let file = try? JSONDecoder().decode(MinioClient.self, from: Data(text.utf8)) else {
          let isEmpty = !text.contains { !$0.isWhitespace }
          let place = "the file \(path)"
          return isEmpty
            ? [] : [Finding(.init(.minioCredentials, at: place, .unknown("it is no JSON of mc's")))]
        }
        return file.holders.map { name, secret in
          Finding(
            .init(.minioCredentials, at: "the file \(path), alias '\(name)'", why), holding: secret)
        }
      }
  }

  func niks3() -> [Finding] {
    let why = MeansOfWriting.Permission.unknown("what it permits is known to niks3's server alone")
    let names = environment.keys.filter { $0.hasPrefix("NIKS3_") }.sorted()
    let found = variables(names, of: .niks3Token, why)
    guard let directory = configurationDirectory else { return found }
    let path = "\(directory)/niks3/auth-token"
    return found
      + search(path, for: .niks3Token) { text in
        text.contains { !$0.isWhitespace }
          ? [Finding(.init(.niks3Token, at: "the file \(path)", why), holding: text)] : []
      }
  }

  func github() -> [Finding] {
    variables(
      ["ACTIONS_RUNTIME_TOKEN"], of: .githubRuntimeToken,
      .unknown("it is for GitHub's cache, to read and write"))
  }
}

/// MinIO's `~/.mc/config.json`, versions 8 to 10.
private struct MinioClient: Decodable {
  private let aliases: [String: Alias]?
  private let hosts: [String: Alias]?

  struct Alias: Decodable {
    let url: String?
    let accessKey: String?
    let secretKey: String?
    let sessionToken: String?
  }

  /// The aliases with keys, without the examples that the client itself writes.
  var holders: [(name: String, secret: String?)] {
    (aliases ?? [:]).merging(hosts ?? [:]) { first, _ in first }.filter { _, alias in
      let key = alias.accessKey ?? ""
      let isOfTheClient = key == "YOUR-ACCESS-KEY-HERE" || alias.url == "https://play.min.io"
      return !isOfTheClient && !(key + (alias.secretKey ?? "") + (alias.sessionToken ?? "")).isEmpty
    }.sorted { $0.key < $1.key }.map { ($0.key, $0.value.secretKey) }
  }
}
