import Credentials
import Foundation
import NixModel
import Substituters

/// The caches of a run, and the way to them. The transport is to be shut down at the end.
struct CacheAccess: Sendable {
  let transport: HTTPTransport
  let surveyor: Surveyor

  /// - Parameter sslCertFile: Nix's setting.
  init(
    substituters: [SubstituterURL], keys: TrustedKeys, surroundings: Surroundings,
    variables: [String: String], sslCertFile: String?
  ) {
    // The survey shows a cache what Nix would show it, or it would be refused where Nix is not.
    let transport = HTTPTransport(
      certificates: [sslCertFile, variables["NIX_SSL_CERT_FILE"], variables["SSL_CERT_FILE"]]
        .compactMap(\.self).first { FileManager.default.fileExists(atPath: $0) },
      credentials: { host in
        surroundings.credentials(for: host).map { pair in
          pair.password.reveal { HTTPTransport.Credentials(user: pair.login, password: $0) }
        }
      })
    self.transport = transport
    surveyor = Surveyor(substituters: substituters, keys: keys, executors: transport.executors) { url in
      switch url.scheme {
      case "http", "https": transport.exchange(with: url)
      case "file": FileTransport.exchange
      default: nil
      }
    }
  }
}
