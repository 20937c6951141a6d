import Credentials
import EvidenceStore
import Foundation
import Machine
import NixCommand
import NixModel
import Substituters

/// Looks a runner over, for `doctor`: every adapter, each for a moment.
struct Examination: Sendable {
  let nix: String
  let choice: CacheChoice
  let policy: Policy
  let evidence: EvidenceOptions
  let kept: [String]
  let isOfPublisher: Bool

  /// How many paths of the store each cache is asked for, to see what it signs with.
  private static let samples = 24
  /// How long caches are waited for.
  private static let patience = Patience(pauses: [])

  init(
    nix: String, choice: CacheChoice, policy: Policy, evidence: EvidenceOptions, keeping kept: [String],
    isOfPublisher: Bool
  ) {
    self.nix = nix
    self.choice = choice
    self.policy = policy
    self.evidence = evidence
    self.kept = kept
    self.isOfPublisher = isOfPublisher
  }

  func checkup() async -> Checkup {
    // Before Nix is asked anything, because it can quote secrets of its environment.
    let bare = Surroundings.here(substituters: choice.substituters)
    var found = bare.taughtFindings()
    var parts: [Checkup.Finding] = []
    var substituters = choice.substituters
    var keys = TrustedKeys(choice.trustedKeys)
    var certificates: String?
    var samples: [StorePath] = []
    do {
      let (program, settings) = try await NixProgram.open(nix, supervision: Main.supervisor, keeping: kept)
      parts.append(.nix(version: program.version.text, program: nix))
      parts.append(program.obstacle.map { .storeUnreadable($0.description) } ?? store(of: program, settings))
      let origin = SettingOrigins(environment: ProcessInfo.processInfo.environment).place(of: "substitute")
      parts.append(settings.substitutes || origin == nil ? .substitutes : .substitutesNot(origin: origin))
      if program.isOfDaemon { parts.append(.user(isTrusted: await program.trustsThisUser())) }
      parts.append(.sandbox(settings.sandbox))
      do { (substituters, keys) = try choice.completed(by: settings) } catch {
        parts.append(.noNix("\(error)"))
        substituters = choice.substituters.isEmpty ? settings.substituters : choice.substituters
      }
      certificates = settings.sslCertFile
      found = Surroundings.here(settings, substituters: substituters).taughtFindings()
      settings.accessTokens.forEach { Redaction.known?.learn($0) }
      samples = StoreWitness(program).latestSigned(Self.samples)
    } catch {
      parts.append(.noNix("\(error)"))
    }
    parts += await caches(substituters, keys, certificates, samples)
    parts += writing(found)
    parts += network(certificates)
    parts.append(records())
    if isOfPublisher { parts += programs() }
    return Checkup(parts)
  }

  private func store(of program: NixProgram, _ settings: NixSettings) -> Checkup.Finding {
    .store(
      settings.store,
      program.isOfDaemon ? .daemon : program.buildsAsThisUser ? .thisUser : .buildUsers)
  }

  private func caches(
    _ substituters: [SubstituterURL], _ keys: TrustedKeys, _ certificates: String?, _ samples: [StorePath]
  ) async -> [Checkup.Finding] {
    guard !substituters.isEmpty else { return [.noCaches] }
    let access = CacheAccess(
      substituters: substituters, keys: keys, surroundings: Surroundings.here(substituters: substituters),
      sslCertFile: certificates, patience: Self.patience, version: { nil })
    let survey = await access.surveyor.survey(samples, SurveyExtent(isRecursive: false, archives: .none))
    var findings: [Checkup.Finding] = survey.caches.map {
      .cache($0.url, $0.state, Self.trust(in: $0.url, survey))
    }
    for cache in survey.caches {
      guard case .open = cache.state, ["http", "https"].contains(cache.url.scheme),
        let date = await access.transport.date(of: cache.url)
      else { continue }
      findings.append(.clock(cache.url, ahead: Int(Date.now.timeIntervalSince(date).rounded())))
    }
    await access.transport.shutdown()
    return findings
  }

  private static func trust(in cache: SubstituterURL, _ survey: Survey) -> Checkup.Trust {
    var signers: [String]?
    for answer in survey.answers.values.joined() where answer.cache == cache {
      switch answer.kind {
      case .offered(let offer, _): return .trusted(by: offer.authority.signers)
      case .untrusted(let narinfo): signers = (signers ?? []) + narinfo.signatures.map(\.keyName)
      case .absent, .refused, .invalid, .failed: break
      }
    }
    return signers.map { .untrusted(signers: $0.unique) } ?? .unknown
  }

  private func writing(_ found: [Finding]) -> [Checkup.Finding] {
    let means = found.map(\.means)
    guard !means.isEmpty else { return [.noMeans] }
    return means.map { .means($0, $0.standing(under: policy)) }
  }

  private func network(_ certificates: String?) -> [Checkup.Finding] {
    let variables = ProcessInfo.processInfo.environment
    let proxies = ["http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"].filter {
      !(variables[$0] ?? "").isEmpty
    }
    let files = [certificates, variables["NIX_SSL_CERT_FILE"], variables["SSL_CERT_FILE"]].compactMap(\.self)
    return proxies.map { .proxy(variable: $0) }
      + files.unique.prefix(1).map {
        .certificates(file: $0, isThere: FileManager.default.fileExists(atPath: $0))
      }
  }

  private func records() -> Checkup.Finding {
    do {
      let store = try EvidenceStore(reading: evidence.path, isAlive: RunnerFacts.isAlive)
      return .evidence(file: evidence.path, records: try store.recordCount())
    } catch  where error.flaw == .absent {
      return .noEvidence(file: evidence.path)
    } catch {
      return .evidenceUnusable("\(error)")
    }
  }

  private func programs() -> [Checkup.Finding] {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return ["bash", "curl", "jq", "attic", "cachix"].map { name in
      .program(name, place: path.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 })
    }
  }
}
