import Foundation

/// Tokens for tests. Their signature is of no matter: nobody here holds the key.
package enum Token {
  /// An Attic token with these permissions by cache pattern.
  package static func attic(_ caches: [String: [String: Int]]) -> String {
    let claims: [String: Any] = [
      "sub": "test", "exp": 4_102_444_800, "https://jwt.attic.rs/v1": ["caches": caches],
    ]
    let parts: [[String: Any]] = [["alg": "HS256", "typ": "JWT"], claims]
    let encoded = parts.map { part in
      ((try? JSONSerialization.data(withJSONObject: part)) ?? Data()).base64EncodedString()
        .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
    return (encoded + ["c2lnbmF0dXJl"]).joined(separator: ".")
  }
}
