import Foundation
import NixModel

/// The storage that builds are uploaded to.
public struct StorageAddress: Hashable, Sendable {
  /// The address that Nix on the builder gets.
  let url: String
  /// How it is reached.
  let kind: Kind
  /// The port of ssh, where it is not 22.
  let port: Int?

  /// How a storage is reached.
  public enum Kind: Hashable, Sendable {
    /// Nix's daemon over ssh. It takes logs too.
    case ssh
    /// Nix's older protocol over ssh, which cannot carry logs.
    case oldSSH
    /// An object store.
    case s3
  }

  /// Parses `ssh-ng://USER@HOST[:PORT]`, `ssh://…` and `s3://BUCKET?…`.
  public init(parsing text: String) throws(PlanFlaw) {
    guard let components = URLComponents(string: text), let host = components.host, !host.isEmpty,
      !host.hasPrefix("-"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), components.password == nil,
      components.fragment == nil
    else {
      throw .destination(
        "'\(text.excerpt)' is no address of a storage: give ssh-ng://USER@HOST, ssh://USER@HOST or s3://BUCKET?region=…, without a password"
      )
    }
    switch components.scheme {
    case "ssh-ng": kind = .ssh
    case "ssh": kind = .oldSSH
    case "s3": kind = .s3
    case let scheme:
      throw .destination(
        "the builder cannot upload to '\(scheme ?? "")://': give ssh-ng://USER@HOST, ssh://USER@HOST or s3://BUCKET"
      )
    }
    guard
      components.queryItems?.contains(where: { $0.name.contains("key") && $0.name != "compression" }) != true
    else { throw .destination("'\(text.excerpt)' names a key's file, and the builder has no file of yours") }
    // Not every Nix knows a port in this address, and every ssh knows the option for it.
    port = kind == .s3 ? nil : components.port
    var plain = components
    if kind != .s3 { plain.port = nil }
    url = plain.string ?? text
  }

  /// Whether logs can be uploaded.
  public var carriesLogs: Bool { kind != .oldSSH }
  /// Whether it is reached over ssh.
  public var isSSH: Bool { kind != .s3 }
  /// The address without the parts that could be secret.
  public var name: String { (try? SubstituterURL(parsing: url).canonical) ?? url }
}
