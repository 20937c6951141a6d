import Foundation
import NixModel

/// The claims of an Attic token.
///
/// A token is a JWT. Its claim `https://jwt.attic.rs/v1` gives permissions by cache pattern (Attic,
/// `token/src/lib.rs`): `r` pull, `w` push, `d` delete, `cc` create, `cr` configure, `cq` configure
/// retention, `cd` destroy. The signature is not verified, because only the server holds the key. So the
/// claims are testimony, and the server decides.
struct AtticToken {
  /// The length of the longest token that is read, in bytes.
  static let longest = 64 << 10
  /// The permissions that change no cache.
  private static let harmless: Set<String> = ["r"]

  /// The permissions that are set, by cache pattern.
  let permissions: [String: [String]]
  /// The time at which it expires.
  let expiry: Date?

  /// Decodes a token's claims.
  ///
  /// - Throws: ``AtticTokenError``. The caller counts an unreadable token as a means of writing.
  init(decoding text: String) throws(AtticTokenError) {
    guard text.utf8.count <= Self.longest else { throw .tooLong }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .notAToken }
    guard let payload = Self.base64URL(parts[1]) else { throw .notAToken }
    guard let claims = try? JSONDecoder().decode(Claims.self, from: payload) else { throw .claims }
    guard let attic = claims.attic else { throw .noPermissions }
    permissions = attic.caches.mapValues { letters in
      letters.filter { $0.value.isSet }.keys.sorted()
    }
    expiry = claims.exp.map { Date(timeIntervalSince1970: $0) }
  }

  /// The permission that it claims. An expired token keeps its permissions, because clocks differ and the
  /// server decides.
  func permission(at now: Date) -> MeansOfWriting.Permission {
    let letters = Set(permissions.values.flatMap { $0 })
    let claims = describe(at: now)
    return letters.isSubset(of: Self.harmless) ? .readOnly(claims) : .writes(claims)
  }

  /// Whether it has expired, by this machine's clock.
  func isExpired(at now: Date) -> Bool { expiry.map { $0 < now } ?? false }

  /// Whether it claims that it may push to the cache of that name. The cache's own entry decides, else any
  /// matching pattern: Attic takes the first match, in an order that cannot be known from outside.
  func claimsPush(to cache: String) -> Bool {
    if let letters = permissions[cache] { return letters.contains("w") }
    return permissions.contains { pattern, letters in
      letters.contains("w") && DerivationGlob(pattern).matches(cache)
    }
  }

  private func describe(at now: Date) -> String {
    let caches = permissions.sorted { $0.key < $1.key }.map { pattern, letters in
      "\(pattern): \(letters.isEmpty ? "nothing" : letters.joined(separator: ","))"
    }
    let list = caches.isEmpty ? "no cache" : caches.joined(separator: "; ")
    guard let expiry else { return list }
    return "\(list); \(expiry < now ? "expired" : "expires") \(expiry.formatted(.iso8601))"
  }

  private static func base64URL(_ text: Substring) -> Data? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0.isBase64URL }) else { return nil }
    var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
    base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
    return Data(base64Encoded: String(base64))
  }

  private struct Claims: Decodable {
    let exp: Double?
    let attic: Attic?

    struct Attic: Decodable { let caches: [String: [String: Flag]] }

    enum CodingKeys: String, CodingKey {
      case exp
      case attic = "https://jwt.attic.rs/v1"
    }
  }

  /// A permission, which Attic writes as 1. Anything that is not plainly off counts as on.
  private struct Flag: Decodable {
    let isSet: Bool

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        isSet = flag
      } else if let number = try? container.decode(Double.self) {
        isSet = number != 0
      } else {
        isSet = !container.decodeNil()
      }
    }
  }
}

/// The reason for which a text cannot be read as an Attic token.
enum AtticTokenError: Error, Hashable {
  /// It is longer than ``AtticToken/longest``.
  case tooLong
  /// It does not have three parts, the second in base 64.
  case notAToken
  /// Its claims are not JSON of the expected shape.
  case claims
  /// It lacks Attic's claim.
  case noPermissions
}

extension AtticTokenError: CustomStringConvertible {
  var description: String {
    switch self {
    case .tooLong: "it is longer than \(AtticToken.longest) bytes"
    case .notAToken: "it is no JWT"
    case .claims: "its claims cannot be read"
    case .noPermissions: "it has no claims of Attic's"
    }
  }
}

extension UInt8 {
  fileprivate var isBase64URL: Bool {
    switch self {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension MeansOfWriting.Permission {
  /// The permission of a text that should be an Attic token.
  init(ofAtticToken text: String, at now: Date) {
    do { self = try AtticToken(decoding: text).permission(at: now) } catch {
      self = .unknown("it cannot be read as a read-only token: \(error)")
    }
  }
}
