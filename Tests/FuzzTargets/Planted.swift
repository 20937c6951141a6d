import NixModel

/// A password that no output may show.
enum Planted {
  static let secret = "s3cr3t-pl4nted"

  /// `bytes` with an address's user information, ending in the secret, for each of the first bytes 1: not for
  /// all, so that a repeated piece stays as long as it was meant to be.
  static func into(_ bytes: [UInt8]) -> [UInt8] {
    var left = 64
    var planted: [UInt8] = []
    planted.reserveCapacity(bytes.count)
    for byte in bytes {
      guard byte == 1, left > 0 else {
        planted.append(byte)
        continue
      }
      left -= 1
      planted += "u:\(secret)@".utf8
    }
    return planted
  }

  /// Whether `bytes` hold the secret by themselves, so that it may well be shown.
  static func isIn(_ bytes: [UInt8]) -> Bool { bytes.contains(secret) }

  static func isShown(by text: String) -> Bool { Array(text.utf8).contains(secret) }
}

extension [UInt8] {
  /// Whether `text` stands anywhere in it.
  func contains(_ text: String) -> Bool {
    let sought = Array(text.utf8)
    guard let first = sought.first else { return true }
    var start = startIndex
    while let found = self[start...].firstIndex(of: first) {
      if self[found...].starts(with: sought) { return true }
      start = found + 1
    }
    return false
  }
}

/// Holds an error message to what every one of them promises: it is short, of one line, and shows no secret.
func expectPresentable(_ message: String, of bytes: [UInt8]) throws(BrokenPromise) {
  try expect(message.unicodeScalars.count <= 1000, "a message is short, and has \(message.count) characters")
  try expect(
    !message.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0.properties.isBidiControl },
    "a message is of one line and printable: \(message.debugDescription)")
  try expect(
    !Planted.isShown(by: message) || Planted.isIn(bytes),
    "a message shows no password: \(message.debugDescription)")
}
