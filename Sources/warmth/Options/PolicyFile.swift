import Foundation
import Yams

/// A policy in YAML (`--policy FILE`): the options of `prove` as keys, for a repository to keep.
///
///     substituters: [https://cache.example.org/main]
///     trusted-public-keys: ["main-1:…"]
///     expect-from: [https://cache.example.org/main]
///     builds: stop
///     allow-build: ["vm-test-run-*"]
///     forbid-build: ["libguestfs*"]
///     timeout: 30m
///
/// What the command line says adds to lists and overrides single values.
struct PolicyFile: Decodable {
  var substituters: [String] = []
  var trustedPublicKeys: [String] = []
  var expectFrom: [String] = []
  var builds: String?
  var allowBuild: [String] = []
  var forbidBuild: [String] = []
  var timeout: String?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case substituters
    case trustedPublicKeys = "trusted-public-keys"
    case expectFrom = "expect-from"
    case builds
    case allowBuild = "allow-build"
    case forbidBuild = "forbid-build"
    case timeout
  }

  /// A policy that says nothing.
  init() {}

  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    substituters = try keys.decodeIfPresent([String].self, forKey: .substituters) ?? []
    trustedPublicKeys = try keys.decodeIfPresent([String].self, forKey: .trustedPublicKeys) ?? []
    expectFrom = try keys.decodeIfPresent([String].self, forKey: .expectFrom) ?? []
    builds = try keys.decodeIfPresent(String.self, forKey: .builds)
    allowBuild = try keys.decodeIfPresent([String].self, forKey: .allowBuild) ?? []
    forbidBuild = try keys.decodeIfPresent([String].self, forKey: .forbidBuild) ?? []
    timeout = try keys.decodeIfPresent(String.self, forKey: .timeout)
  }

  /// Reads a policy from `path`.
  static func read(_ path: String) throws(Failure) -> PolicyFile {
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw Failure(.usage, "the policy '\(path)' cannot be read: \(Self.cause(of: error))")
    }
    do {
      guard let node = try Yams.compose(yaml: text) else { return PolicyFile() }
      try check(node, of: path)
      return try YAMLDecoder().decode(PolicyFile.self, from: node)
    } catch let failure as Failure {
      throw failure
    } catch let error as DecodingError {
      throw Failure(.usage, "the policy '\(path)' is not a policy: \(Self.cause(of: error))")
    } catch {
      // The parser goes on to quote the line with a mark under it; its first words say what and where.
      let cause = "\(error)".split(separator: "\n").prefix(2).joined(separator: ", ")
      throw Failure(.usage, "the policy '\(path)' is not YAML: \(cause)")
    }
  }

  /// A key that is not known is an error: a misspelt one would leave a rule out without a word.
  private static func check(_ node: Node, of path: String) throws(Failure) {
    guard let mapping = node.mapping else {
      throw Failure(.usage, "the policy '\(path)' is not a policy: it has no keys and values")
    }
    let known = CodingKeys.allCases.map(\.rawValue)
    for key in mapping.keys.map({ $0.string ?? "" }) where !known.contains(key) {
      throw Failure(
        .usage,
        "the policy '\(path)' has an unknown key '\(key)'; the keys are \(known.sorted().joined(separator: ", "))"
      )
    }
  }

  private static func cause(of error: any Error) -> String {
    switch error {
    case let error as DecodingError:
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context),
        .keyNotFound(_, let context):
        let place = context.codingPath.map(\.stringValue).joined(separator: ".")
        return (place.isEmpty ? "" : "\(place): ") + context.debugDescription
      @unknown default: return "\(error)"
      }
    default: return error.localizedDescription
    }
  }
}
