import Foundation
import NIOConcurrencyHelpers
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
    answers fault: @escaping @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer
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

// MARK: What a cache can do

/// Every request gets this status.
func status(
  _ status: Int, headers: [String: String] = [:]
) -> @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer {
  { _, _ in StubCache.Answer(status: status, headers: headers, body: Array("no".utf8)) }
}

/// The first requests get this status, and those after them what they ask for.
func first(
  _ count: Int, _ status: Int, headers: [String: String] = [:]
) -> @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer {
  let left = NIOLockedValueBox(count)
  return { _, answer in
    left.withLockedValue { left in
      left -= 1
      return left >= 0 ? StubCache.Answer(status: status, headers: headers) : answer
    }
  }
}

/// What is asked for, with its text changed.
func edited(
  _ change: @escaping @Sendable (String) -> String
) -> @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer {
  { _, answer in .text(change(String(decoding: answer.body, as: UTF8.self)), status: 200) }
}

/// What is asked for, without the line of that field.
func without(_ field: String) -> @Sendable (String) -> String {
  { text in
    text.split(separator: "\n").filter { !$0.hasPrefix("\(field):") }.joined(separator: "\n") + "\n"
  }
}

/// What is asked for, with that field's value replaced.
func with(_ field: String, _ value: String) -> @Sendable (String) -> String {
  { without(field)($0) + "\(field): \(value)\n" }
}

extension Lab {
  /// A cache that has nothing.
  func emptyCache(_ info: String = "StoreDir: /nix/store\n") async throws -> StubCache {
    try await StubCache { $0.path == "/nix-cache-info" ? .text(info) : .notFound }
  }

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
