import EndToEndSupport
import Foundation
import NixModel
import TestSupport
import Testing

/// One row of the table: what is unusual about it, and what must come of it.
struct Scenario: Sendable, CustomTestStringConvertible {
  let name: String
  let attributes: [String]
  let verdict: Verdict
  let codes: Set<ReasonCode>
  /// What `explain` names as the first causes; what `prove` gave as reasons where nothing is said.
  var causes: Set<ReasonCode>?
  var options: [String] = []
  /// Which of the caches the policy accepts; all where nothing is said.
  var accepted: Int?
  var before = "true"
  var environment: [String: String] = [:]
  var configuration = ""
  /// A program of the fixtures that is taken for Nix.
  var nix: String?
  /// What differs in other versions of Nix.
  var exception: @Sendable (Lab.Version) -> (verdict: Verdict, codes: Set<ReasonCode>)? = { _ in nil }
  let caches: @Sendable (Lab) async throws -> [StubCache]

  var testDescription: String { name }

  init(
    _ name: String, of attributes: [String] = ["qemu"], _ verdict: Verdict, _ codes: Set<ReasonCode>,
    because causes: Set<ReasonCode>? = nil, options: [String] = [], accepted: Int? = nil,
    before: String = "true", environment: [String: String] = [:], configuration: String = "",
    nix: String? = nil,
    except exception: @escaping @Sendable (Lab.Version) -> (verdict: Verdict, codes: Set<ReasonCode>)? = {
      _ in nil
    },
    from caches: @escaping @Sendable (Lab) async throws -> [StubCache]
  ) {
    self.name = name
    self.attributes = attributes
    self.verdict = verdict
    self.codes = codes
    self.causes = causes
    self.options = options
    self.accepted = accepted
    self.before = before
    self.environment = environment
    self.configuration = configuration
    self.nix = nix
    self.exception = exception
    self.caches = caches
  }

  /// A row in which the good cache answers one request otherwise.
  init(
    _ name: String, of attributes: [String] = ["qemu"], _ verdict: Verdict, _ codes: Set<ReasonCode>,
    because causes: Set<ReasonCode>? = nil, options: [String] = [], configuration: String = "",
    except exception: @escaping @Sendable (Lab.Version) -> (verdict: Verdict, codes: Set<ReasonCode>)? = {
      _ in nil
    },
    at file: @escaping @Sendable (Lab) throws -> String,
    answers fault: StubCache.Fault
  ) {
    self.init(
      name, of: attributes, verdict, codes, because: causes, options: options, configuration: configuration,
      except: exception
    ) { lab in
      let file = try file(lab)
      return [try await lab.cache { $0.path == file ? fault($0, $1) : $1 }]
    }
  }

  func run() async throws {
    let lab = try await Lab.shared
    let expected = exception(lab.version) ?? (verdict, codes)
    let caches = try await caches(lab)
    // For what runs before.
    let environment = environment.merging([
      "CACHE": caches.first?.url ?? "", "QEMU": try lab.path("qemu").description, "NIX": lab.nix,
    ]) { mine, _ in mine }
    let accepting = accepted.map { ["--expect-from", caches[$0].url] } ?? []
    try await prove(
      attributes, from: caches, options + accepting, before: before, environment: environment,
      configuration: configuration, nix: nix.map { "\(Lab.fixtures)/\($0)" }, gives: expected.verdict,
      expected.codes,
      because: exception(lab.version) == nil ? causes : nil)
  }
}

// MARK: What a request can be for

/// The narinfo of an attribute's output.
func narinfo(_ attribute: String = "qemu", _ output: String = "out") -> @Sendable (Lab) throws -> String {
  { "/\(try $0.path(attribute, output).hashPart).narinfo" }
}

/// The archive of an attribute's output.
func archive(_ attribute: String = "qemu", _ output: String = "out") -> @Sendable (Lab) throws -> String {
  { try $0.archive(of: $0.path(attribute, output)) }
}

extension Lab {
  /// A signed narinfo of `path` whose archive is another path's.
  func narinfo(
    of path: StorePath, withContentOf other: StorePath, references: [StorePath] = []
  ) throws -> String {
    let narinfo = try Narinfo(parsing: self.narinfo(of: other), for: other)
    let fingerprint = Fingerprint(
      path: path, narHash: narinfo.narHash, narSize: narinfo.narSize, references: references)
    return """
      StorePath: \(path)
      URL: \(narinfo.url)
      Compression: \(narinfo.compression)
      NarHash: \(narinfo.narHash.nix32)
      NarSize: \(narinfo.narSize)
      References: \(references.map(\.baseName).joined(separator: " "))
      Sig: \(try key.signature(over: fingerprint))

      """
  }
}
