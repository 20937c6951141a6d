import Foundation
import NixModel

/// Where a collector takes files: `https://collector.example/evidence/`, or an address that was signed for one
/// file, whose query is a secret. It prints itself without user information and query.
public struct CollectorAddress: Sendable {
  /// The address with its query and without user information, as the request has it.
  let target: String
  /// The value of `Authorization`, where the address has user information.
  let credentials: HTTPTransport.Credentials?
  private let shown: String
  /// Whether its path ends with a slash, so that several files can go there.
  public let isFolder: Bool

  /// Parses `http://…` or `https://…`.
  ///
  /// - Parameter name: the file's name, which is added where the path ends with a slash.
  /// - Throws: ``CollectorAddressError`` where `text` is no such address, is too long, or has a fragment.
  public init(parsing text: String, naming name: String) throws(CollectorAddressError) {
    let scheme = text.utf8.prefix { $0 != UInt8(ascii: ":") }
    let isSchemeKnown = ["http", "https"].contains(Substring(scheme).lowercased())
    // By its bytes, as it was signed: a library that takes it apart and joins it again may spell it otherwise.
    guard isSchemeKnown, text.utf8.count <= SubstituterURL.longest,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }),
      let cache = try? SubstituterURL(parsing: text), WebAddress(parsing: text) != nil,
      let components = URLComponents(string: text)
    else { throw CollectorAddressError() }
    isFolder = components.percentEncodedPath.isEmpty || components.percentEncodedPath.hasSuffix("/")
    shown = cache.canonical + (isFolder ? "/\(name)" : "")
    target = shown + (components.percentEncodedQuery.map { "?\($0)" } ?? "")
    let user = components.user ?? ""
    credentials =
      components.password != nil || !user.isEmpty
      ? HTTPTransport.Credentials(user: user, password: components.password ?? "") : nil
  }
}

extension CollectorAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { shown }
  public var debugDescription: String { shown }
  public var customMirror: Mirror { Mirror(self, children: ["address": shown]) }
}

/// Why a text is no address of a collector. It is not quoted: much of it can be secret.
public struct CollectorAddressError: Error, Hashable, Sendable {}

extension CollectorAddressError: CustomStringConvertible {
  public var description: String { "it is no address of the form http://… or https://…, without a fragment" }
}
