import Credentials
import Foundation
import NixCommand
import NixModel
import Publishing
import Substituters

/// The caches of a run, and the way to them. The transport is to be shut down at the end.
struct CacheAccess: Sendable {
  let transport: HTTPTransport
  let surveyor: Surveyor

  /// - Parameters:
  ///   - sslCertFile: Nix's setting `ssl-cert-file`, where it is known.
  ///   - patience: how often a request is tried again.
  ///   - version: of the Nix in use, asked where it matters.
  init(
    substituters: [SubstituterURL], keys: TrustedKeys, surroundings: Surroundings, sslCertFile: String? = nil,
    patience: Patience = .standard, version: @escaping @Sendable () async -> NixVersion?
  ) {
    let variables = surroundings.environment
    // The survey sends a cache the same credentials as Nix. Otherwise it would be refused where Nix is not.
    let transport = HTTPTransport(
      sslCertFile: Self.certificates(sslCertFile, variables), proxies: Proxies(environment: variables),
      credentials: { host in
        surroundings.credentials(for: host).map { pair in
          pair.password.reveal { HTTPTransport.Credentials(user: pair.login, password: $0) }
        }
      })
    self.transport = transport
    surveyor = Surveyor(
      substituters: substituters, keys: keys, patience: patience, executors: transport.executors,
      decoding: { await version().map(Self.decoding(of:)) }
    ) { Self.exchange(with: $0, through: transport) }
  }

  /// Asks a cache as its readers do, without credentials.
  static func ask(_ question: ReaderQuestion) async -> ReaderQuestion.Answer {
    let variables = ProcessInfo.processInfo.environment
    let transport = HTTPTransport(
      sslCertFile: certificates(question.certificates, variables), proxies: Proxies(environment: variables))
    let surveyor = Surveyor(
      substituters: [question.cache], keys: question.keys, executors: transport.executors,
      decoding: { decoding(of: question.version) }, exchange: { exchange(with: $0, through: transport) })
    let survey = await surveyor.survey(question.paths, SurveyExtent(isRecursive: false, archives: .all))
    let archives = await surveyor.archives(of: question.unverified(in: survey), in: question.cache)
    await transport.shutdown()
    return (survey, archives)
  }

  private static func exchange(with url: SubstituterURL, through transport: HTTPTransport) -> Exchange? {
    switch url.scheme {
    case "http", "https": transport.exchange(with: url)
    case "file": FileTransport.exchange
    default: nil
    }
  }

  /// The file of certificates that Nix's setting or the environment names, the first that is there.
  static func certificates(_ setting: String?, _ variables: [String: String]) -> String? {
    [setting, variables["NIX_SSL_CERT_FILE"], variables["SSL_CERT_FILE"]].compactMap(\.self)
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  private static func decoding(of version: NixVersion) -> NixDecoding {
    if version < NixVersion(2, 22) { return .byContent }
    return version < NixVersion(2, 34) ? .byName : .asCurl
  }
}
