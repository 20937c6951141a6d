/// Takes credentials out of text before it is stored or shown.
///
/// Nix prints the user name and password of a URL into its log and its errors
/// (`copying path '…' from 'http://user:password@cache'`), so everything that comes from Nix, from a
/// configuration or from a person passes through here first, and before it is cut to a length: of a
/// password that was cut off nothing shows that it is one.
public enum Redaction {
  /// What stands where a credential was.
  public static let mark = "***"

  /// `text` with the user information of every address replaced by ``mark`` (`scheme://user@host`,
  /// `user:password@host`), as well as the values of query parameters that hold secrets (`secret-key=…`).
  ///
  /// What is redacted stays as it is when it is redacted again.
  public static func redact(_ text: String) -> String {
    // Most texts hold neither sign of a credential, and cost one pass over their bytes.
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "=") }) else {
      return text
    }
    // Bytes and not characters: a joining mark makes one character of itself and the '@' before it.
    let bytes = Array(text.utf8)
    var redactor = Redactor(capacity: bytes.count)
    for index in bytes.indices {
      redactor.take(bytes[index], before: index + 1 < bytes.count ? bytes[index + 1] : nil)
    }
    return String(decoding: redactor.shown, as: UTF8.self)
  }
}

/// Copies a text byte by byte, and takes back what turns out to have been user information.
private struct Redactor {
  private(set) var shown: [UInt8] = []

  /// Where the part between slashes, spaces and double quotes began that could be an address's authority.
  private var partStart = 0
  /// Whether `://` stands before the part.
  private var followsScheme = false
  /// Whether the part has a colon, as between a user and a password.
  private var hasColon = false
  /// Which secret parameter's value is being left out.
  private var hidden: Hidden?

  private struct Hidden {
    var isEmpty = true
    /// Whether the part has ended within the value. Until then the value can be part of a password
    /// (`http://user:token=x@host`).
    var isPastPart = false
  }

  init(capacity: Int) { shown.reserveCapacity(capacity) }

  mutating func take(_ byte: UInt8, before next: UInt8?) {
    if hidden != nil {
      guard endsValue(byte, before: next) else { return hide(byte) }
      hidden = nil
    }
    switch byte {
    case UInt8(ascii: "@") where followsScheme || hasColon: replaceUser()
    case UInt8(ascii: "="):
      shown.append(byte)
      if Self.secrets.contains(where: isLast) { hidden = Hidden() }
    case UInt8(ascii: "'") where shown.count == partStart:
      // A quote before an address is not part of it; one within may be part of its password.
      shown.append(byte)
      partStart = shown.count
    case UInt8(ascii: ":"):
      shown.append(byte)
      hasColon = true
    case let byte where endsPart(byte):
      shown.append(byte)
      partStart = shown.count
      followsScheme = shown.suffix(3).elementsEqual("://".utf8)
      hasColon = false
    default: shown.append(byte)
    }
  }

  /// Everything from the beginning of the part to this `@` was user information. There may be another
  /// `@`: the last one ends it.
  private mutating func replaceUser() {
    shown.removeSubrange(partStart...)
    shown.append(contentsOf: Redaction.mark.utf8)
    shown.append(UInt8(ascii: "@"))
  }

  private mutating func hide(_ byte: UInt8) {
    guard var value = hidden else { return }
    if value.isEmpty {
      shown.append(contentsOf: Redaction.mark.utf8)
      value.isEmpty = false
    }
    if endsPart(byte) { value.isPastPart = true }
    hidden = value
    if byte == UInt8(ascii: ":") { hasColon = true }
    if byte == UInt8(ascii: "@"), !value.isPastPart, followsScheme || hasColon {
      replaceUser()
      hidden = nil
    }
  }

  /// The ends of the names of parameters that hold secrets, in small letters.
  private static let secrets = ["secret-key=", "access_token=", "token=", "password="].map { Array($0.utf8) }

  private func isLast(_ name: [UInt8]) -> Bool {
    shown.suffix(name.count).elementsEqual(name) { byte, letter in
      byte == letter || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == letter
    }
  }

  private func endsPart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"): true
    default: isSpace(byte)
    }
  }

  private func endsValue(_ byte: UInt8, before next: UInt8?) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "\""): true
    // The quote that Nix puts behind an address, unless the word goes on.
    case UInt8(ascii: "'"): !(next.map(isOfAWord) ?? false)
    default: isSpace(byte)
    }
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private func isOfAWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
      true
    default: false
    }
  }
}
