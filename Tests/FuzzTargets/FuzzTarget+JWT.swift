import Credentials
import Foundation
import NixModel

extension FuzzTarget {
  static func jwt(_ bytes: [UInt8]) throws(BrokenPromise) {
    _ = try permission(of: String(decoding: bytes, as: UTF8.self))

    // The same bytes as claims: no mutation of base 64 makes interesting JSON.
    let payload = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
    let answer = try permission(of: "e30.\(payload).c2ln")
    if case .readOnly = answer {
      try expect(!claimsToWrite(Data(bytes)), "a token that claims to write is not read-only")
    }
  }

  private static func permission(of token: String) throws(BrokenPromise) -> MeansOfWriting.Permission? {
    let surroundings = Surroundings(
      environment: ["ATTIC_TOKEN": token, "ATTIC_SERVER": "https://cache.example", "ATTIC_CACHE": "main"],
      home: nil, readFile: { _ in .absent })
    let findings = surroundings.findings(at: Date(timeIntervalSince1970: 1_777_809_600))
    guard !token.isEmpty else { return nil }
    try expect(findings.count == 1, "a token is found")
    guard let finding = findings.first else { return nil }
    for cache in finding.question?.caches ?? [] { _ = finding.question?.claimsPush(to: cache) }
    try expect(
      !"\(finding)".unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" },
      "what a token says is printable")
    return finding.means.permission
  }

  /// Whether claims give any permission but that to read, found out in another way than the reader's.
  private static func claimsToWrite(_ claims: Data) -> Bool {
    guard let object = try? JSONSerialization.jsonObject(with: claims) as? [String: Any],
      let attic = object["https://jwt.attic.rs/v1"] as? [String: Any],
      let caches = attic["caches"] as? [String: [String: Any]]
    else { return false }
    return caches.values.contains { letters in
      letters.contains { letter, flag in
        guard letter != "r" else { return false }
        if flag is NSNull { return false }
        return (flag as? NSNumber).map { $0.doubleValue != 0 } ?? true
      }
    }
  }
}
