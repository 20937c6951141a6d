import Foundation
import NixModel
import Proof
import Substituters
import Synchronization
import TestSupport
import Testing

/// What caches answer before Nix is started: the prover with a real survey over HTTP, and a scripted Nix.
///
/// A proof that is not warm ends there. Of one that may still be warm, this is all that is shown here: that Nix is
/// asked. What it does then is for NixVersionTests.
@Suite struct `No answer of a cache fools a proof` {
  /// What caches answer, and what must come of it.
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let verdict: Verdict
    let codes: Set<ReasonCode>
    /// Which of the caches the policy accepts; all where nothing is said.
    var accepted: Int?
    /// How often a cache is asked again. One that is silent for ten seconds is asked once, because a test need not wait
    /// three times as long for the same answer.
    let retries: Int
    let caches: @Sendable (Shop) async throws -> [StubCache]

    init(
      _ name: String, _ verdict: Verdict, _ codes: Set<ReasonCode>, accepted: Int? = nil, retries: Int = 2,
      from caches: @escaping @Sendable (Shop) async throws -> [StubCache]
    ) {
      testDescription = name
      self.verdict = verdict
      self.codes = codes
      self.accepted = accepted
      self.retries = retries
      self.caches = caches
    }

    /// A row in which the good cache answers for one file otherwise.
    init(
      _ name: String, _ verdict: Verdict, _ codes: Set<ReasonCode>,
      at file: @escaping @Sendable (Shop) -> String = \.narinfo, retries: Int = 2, _ fault: StubCache.Fault
    ) {
      self.init(name, verdict, codes, retries: retries) { shop in
        let file = file(shop)
        return [try await shop.cache { $0.path == file ? fault($0, $1) : $1 }]
      }
    }
  }

  static let answers = [
    Row("401 for a narinfo", .cold, [.substituterRefused], .status(401)),
    Row("403 for a narinfo", .cold, [.substituterRefused], .status(403)),
    Row("410 for a narinfo", .cold, [.notInSubstituter], .status(410)),
    Row(
      "429 for every narinfo", .inconclusive, [.substituterError],
      .status(429, headers: ["Retry-After": "1"])),
    Row(
      "429 with Retry-After, and then the narinfo", .warm, [], .first(1, 429, headers: ["Retry-After": "1"])),
    Row("500, and then the narinfo", .warm, [], .first(2, 500)),
    Row("500 for a narinfo", .inconclusive, [.substituterError], .status(500)),
    Row("503 for everything", .inconclusive, [.substituterError]) { _ in
      [try await StubCache { _ in .init(status: 503) }]
    },
    Row("a redirect", .warm, []) { shop in
      let good = try await shop.cache()
      return [
        try await shop.cache {
          $0.path == shop.narinfo
            ? .text("", status: 302, headers: ["Location": good.url + shop.narinfo]) : $1
        }
      ]
    },
    Row(
      "a redirect in circles", .inconclusive, [.substituterUnreachable],
      .init { request, _ in .text("", status: 302, headers: ["Location": request.path]) }),
    Row(
      "an answer that stalls after its headers", .inconclusive, [.substituterUnreachable], retries: 0,
      .init { $1.stalled(after: 0) }),
    Row(
      "an answer of a byte a second", .inconclusive, [.substituterUnreachable], retries: 0,
      .init { $1.trickling }),
    Row("a cache that is a page of HTML", .inconclusive, [.substituterUnreachable]) { _ in
      [try await StubCache { _ in .text("<html>\n<h1>Welcome: to nginx</h1>\n") }]
    },
    Row("a cache for another store", .cold, [.substituterError]) { _ in
      [try await Shop.empty("StoreDir: /other/store\n")]
    },
    Row("a cache without nix-cache-info", .cold, [.substituterError]) { _ in
      [try await StubCache { _ in .notFound }]
    },
    Row("a cache that lets nobody in", .cold, [.substituterError]) { _ in
      [try await StubCache { _ in .init(status: 403) }]
    },
    Row("a cache that nobody serves", .inconclusive, [.substituterUnreachable]) { shop in
      let cache = try await shop.cache()
      try await cache.stop()
      return [cache]
    },
    Row("an empty cache", .cold, [.notInSubstituter]) { _ in [try await Shop.empty()] },
    Row("no cache that is accepted", .cold, [.notInSubstituter], accepted: 0) {
      [try await Shop.empty(), try await $0.cache()]
    },
    Row("a good cache behind an empty one", .warm, []) { [try await Shop.empty(), try await $0.cache()] },
    Row(
      "a narinfo of what the target refers to that is missing", .cold, [.referenceMissing], at: \.reference,
      .status(404)),
    Row(
      "an archive that is refused to whoever asks", .cold, [.substituterRefused], at: \.archive, .status(401)),
    Row("an archive that is gone", .cold, [.narMissing], at: \.archive, .status(404)),
    Row(
      "a server that answers no HEAD", .warm, [], at: \.archive,
      .init { $0.method == "HEAD" ? .init(status: 405) : $1 }),
  ]

  static let narinfos = [
    Row(
      "HTML for a narinfo", .cold, [.narinfoInvalid],
      .init { _, _ in .text("<html>\n<body>Not: found</body>\n</html>\n") }),
    Row("a field that is missing", .cold, [.narinfoInvalid], .without("NarHash")),
    Row(
      "a field that is there twice, signed with the first", .cold, [.narinfoInvalid],
      .edited { $0 + "NarSize: 1\n" }),
    Row("a field that nobody knows", .warm, [], .edited { $0 + "Weather: fine\n" }),
    Row(
      "a field of three megabytes", .cold, [.narinfoInvalid],
      .edited { $0 + "Weather: \(String(repeating: "x", count: 3 << 20))\n" }),
    Row("carriage returns", .cold, [.narinfoInvalid], .edited { $0.replacing("\n", with: "\r\n") }),
    Row(
      "bytes that are no text, where nobody reads them", .warm, [],
      .init { .init(status: 200, body: $1.body + [0x58, 0x3A, 0x20, 0xFF, 0xFE, 0x0A]) }),
    Row(
      "a text that is cut", .cold, [.narinfoInvalid],
      .init { .init(status: 200, body: Array($1.body.dropLast(20))) }),
    Row("a size of nothing", .cold, [.narinfoInvalid], .with("NarSize", "0")),
    Row("a size that was not signed", .cold, [.signatureUntrusted], .with("NarSize", "1")),
    Row("references that were not signed", .cold, [.signatureUntrusted], .with("References", "")),
    Row(
      "an archive outside of the cache", .inconclusive, [.narinfoInvalid], .with("URL", "../../etc/passwd")),
    Row(
      "an archive on another server", .inconclusive, [.narinfoInvalid],
      .with("URL", "http://127.0.0.1:9/nar/x.nar.xz")),
    Row(
      "an archive in a file of this machine", .inconclusive, [.narinfoInvalid],
      .with("URL", "file:///etc/passwd")),
    Row(
      "a forged signature beside the valid one", .warm, [],
      .edited { $0 + "Sig: lab-2:\(String(repeating: "A", count: 86))==\n" }),
    Row(
      "a forged signature in a trusted name", .cold, [.signatureUntrusted],
      .with("Sig", "lab-1:\(String(repeating: "A", count: 86))==")),
    Row(
      "a signature of the wrong length in a trusted name", .cold, [.signatureUntrusted],
      .with("Sig", "lab-1:AAAA")),
    Row("a signature that is none", .cold, [.signatureUntrusted], .with("Sig", "none")),
    Row("no signature", .cold, [.signatureUntrusted], .without("Sig")),
    Row(
      "the fields of another path", .cold, [.narinfoInvalid],
      .with("StorePath", "/nix/store/00000000000000000000000000000000-qemu-10.0.2")),
    Row("the narinfo of another path", .cold, [.narinfoInvalid]) { shop in
      let other = shop.texts[shop.reference] ?? ""
      return [try await shop.cache { $0.path == shop.narinfo ? .text(other) : $1 }]
    },
    Row(
      "a reference that is no store path", .cold, [.narinfoInvalid], .with("References", "../../etc/passwd")),
    Row("a hash of an unknown kind", .cold, [.narinfoInvalid], .with("NarHash", "md4:aaaa")),
    Row(
      "a claim of being content-addressed that is not true", .cold, [.signatureUntrusted],
      .edited { $0.without("Sig").with("CA", "fixed:r:sha256:\(String(repeating: "0", count: 52))") }),
    Row(
      "an untrue content address beside a good signature", .cold, [.narinfoInvalid],
      .with("CA", "fixed:r:sha256:\(String(repeating: "0", count: 52))")),
    Row("an empty deriver", .cold, [.narinfoInvalid], .with("Deriver", "")),
    Row(
      "references without the byte after them", .cold, [.narinfoInvalid],
      .edited { $0.without("References") + "References:\n" }),
    Row("a file's hash that is none", .cold, [.narinfoInvalid], .with("FileHash", "sha256:zz")),
    Row(
      "fifty megabytes for a narinfo", .cold, [.narinfoInvalid],
      .init { _, _ in .init(status: 200, body: [UInt8](repeating: 0x41, count: 50 << 20)) }),
    Row(
      "a narinfo that unpacks to two hundred megabytes", .cold, [.narinfoInvalid], .init { _, _ in bomb }),
    Row("ten thousand references", .cold, [.referenceMissing]) { shop in
      let references = try (0..<10_000).map { try Make.path("reference-\($0)") }
      let text = try Make.narinfoText(shop.target, references: references, signedBy: [shop.key])
      return [try await shop.cache { $0.path == shop.narinfo ? .text(text) : $1 }]
    },
  ]

  @Test(arguments: answers) func `whatever it answers`(row: Row) async throws { try await expect(row) }

  @Test(arguments: narinfos) func `whatever a narinfo holds`(row: Row) async throws { try await expect(row) }

  private func expect(_ row: Row) async throws {
    let shop = try Shop()
    let caches = try await row.caches(shop)
    let (judgment, explanation, nix) = try await shop.prove(
      from: caches, accepting: row.accepted, retries: row.retries)
    // Only Nix can tell whether it is warm.
    #expect(nix == (row.verdict == .warm), "\(judgment)")
    guard row.verdict != .warm else { return }
    #expect(judgment.verdict == row.verdict, "\(judgment)")
    #expect(Set(judgment.targets.flatMap(\.ruling.reasons).map(\.code)) == row.codes, "\(judgment)")
    #expect(!explanation.causes.isEmpty)
  }

  /// Two hundred megabytes of one letter, in gzip.
  private static let bomb: StubCache.Answer = {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "head -c 200000000 /dev/zero | tr '\\0' A | gzip -9"]
    let pipe = Pipe()
    process.standardOutput = pipe
    guard (try? process.run()) != nil else { return .notFound }
    let body = pipe.fileHandleForReading.readDataToEndOfFile()
    return .init(status: 200, headers: ["Content-Encoding": "gzip"], body: Array(body))
  }()
}

/// A cache of a target and of what it refers to, and a proof of the target in a store that has neither.
struct Shop: Sendable {
  let key = LabKey("lab-1")
  let target: StorePath
  private let derivation: StorePath
  /// Where the files are: the target's narinfo and archive, and the narinfo of what it refers to.
  let narinfo: String
  let archive: String
  let reference: String
  /// The files, by their paths.
  let texts: [String: String]

  init() throws {
    target = try Make.path("qemu-10.0.2")
    derivation = try Make.path("qemu-10.0.2.drv")
    let libc = try Make.path("libc-2.40")
    narinfo = "/\(target.hashPart).narinfo"
    archive = "/nar/\(target.hashPart).nar.xz"
    reference = "/\(libc.hashPart).narinfo"
    texts = [
      "/nix-cache-info": "StoreDir: /nix/store\n",
      narinfo: try Make.narinfoText(target, references: [libc], signedBy: [key]),
      reference: try Make.narinfoText(libc, signedBy: [key]),
      archive: String(repeating: "n", count: 60),
    ]
  }

  /// The cache, but for what `fault` answers otherwise.
  func cache(
    _ fault: @escaping @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer = { $1 }
  ) async throws -> StubCache {
    let texts = texts
    return try await StubCache { request in fault(request, texts[request.path].map { .text($0) } ?? .notFound)
    }
  }

  /// A cache that has nothing.
  static func empty(_ info: String = "StoreDir: /nix/store\n") async throws -> StubCache {
    try await StubCache { $0.path == "/nix-cache-info" ? .text(info) : .notFound }
  }

  /// What was told, and whether Nix was asked for anything.
  private final class Diary: Sendable {
    let survey = Mutex(Survey())
    let nix = Mutex(false)
  }

  /// Proves the target.
  ///
  /// - Returns: what came of it, why, and whether Nix was asked to bring the target.
  func prove(
    from caches: [StubCache], accepting accepted: Int?, retries: Int
  ) async throws -> (judgment: Judgment, explanation: Explanation, nix: Bool) {
    let substituters = try caches.map { try SubstituterURL(parsing: $0.url) }
    let environment = RunnerEnvironment(
      nixVersion: "2.34.8", system: "x86_64-linux", store: "auto", substituters: substituters,
      trustedKeys: TrustedKeys([try key.trusted()]), substitutes: true, meansOfWriting: [], origins: [:])
    let target = Target(
      installable: .flake(reference: "nixpkgs", attribute: "qemu", outputs: .selected),
      resolution: .derivation(
        derivation, system: "x86_64-linux", outputs: [.init(name: "out", path: self.target)]))
    let graph = DerivationGraph([
      derivation: Derivation(outputs: ["out": self.target], system: "x86_64-linux")
    ])
    let transport = HTTPTransport()
    let surveyor = Surveyor(
      substituters: substituters, keys: environment.trustedKeys,
      patience: Patience(pauses: Array(repeating: .zero, count: retries), wait: { _ in })
    ) { transport.exchange(with: $0) }
    let diary = Diary()
    let witnesses = Witnesses(
      environment: { () async throws(WitnessError) in environment }, baseline: { .said(.row(0)) },
      resolve: { _, _ in Resolution(targets: [target]) }, derivations: { _, _ in graph },
      presence: { paths in .said(Dictionary(uniqueKeysWithValues: paths.map { ($0, .absent) })) },
      survey: { paths, extent, progress in
        let found = await surveyor.survey(paths, extent, progress: progress)
        diary.survey.withLock { $0.merge(found) }
        return found
      },
      realize: { _, _ in
        diary.nix.withLock { $0 = true }
        return .silent
      }, registrations: { _ in .said([:]) })
    var policy = Policy()
    if let accepted { policy.expectFrom = [substituters[accepted]] }
    let judgment = try await Prover(witnesses: witnesses, record: { _ in })
      .prove([target.installable], under: policy)
    await transport.shutdown()
    let testimony = Testimony(
      environment: environment, baseline: .row(0), targets: [target], graph: graph,
      survey: diary.survey.withLock { $0 }, before: .said([:]), log: .silent, after: .notAsked)
    return (judgment, explain(testimony, judgment, under: policy), diary.nix.withLock { $0 })
  }
}
