/// Takes credentials out of text before it is stored or shown.
///
/// Nix prints the user name and password of a URL into its log and its errors
/// (`copying path '…' from 'http://user:password@cache'`), a cache can print the request that it was sent, and evaluated
/// code can print everything that it can read. So every text from Nix, from a cache, from a configuration or from a person
/// passes through here first. It does so before it is cut to a length: half a password no longer looks like one.
public enum Redaction {
  /// The text in place of a credential.
  public static let mark = "***"

  /// The secrets that the command has found. The task that the command runs in has them, and so has every task that it
  /// starts.
  @TaskLocal public static var known: KnownSecrets?

  /// `text` with ``mark`` in place of: the user information of every address (`scheme://user@host`,
  /// `user:password@host`), the values of parameters that hold secrets (`secret-key=…`) and of those in a query that
  /// Nix does not know, the values of header fields (`Authorization: …`, `X-…: …`), the lines of a configuration that
  /// Nix quotes since it cannot read them, and everything that is ``known``.
  ///
  /// A redacted text does not change when it is redacted again.
  public static func redact(_ text: String) -> String {
    let patterns = known?.patterns
    // Most texts hold no sign of a credential, and cost one pass over their bytes.
    guard patterns != nil || mayHoldCredentials(text) else { return text }
    let whole = Array(text.utf8)
    var bytes = whole
    // Taking something out can bring two parts of a secret together, or make a short value longer.
    for _ in 0..<64 {
      let next = redacted(bytes, knowing: patterns)
      guard next != bytes else { break }
      bytes = next
    }
    return bytes == whole ? text : String(decoding: bytes, as: UTF8.self)
  }

  /// `text` without the ``known`` secrets that are so long that they are nothing else. Everything that is written passes
  /// through here.
  public static func withoutKnown(_ text: String) -> String {
    guard let patterns = known?.strongPatterns else { return text }
    var bytes = Array(text.utf8)
    var isChanged = false
    while let next = patterns.masked(bytes) { (bytes, isChanged) = (next, true) }
    return isChanged ? String(decoding: bytes, as: UTF8.self) : text
  }

  /// Whether `text` holds something that ``withoutKnown(_:)`` takes out.
  public static func holdsKnown(_ text: String) -> Bool {
    guard let patterns = known?.strongPatterns else { return false }
    return patterns.masked(Array(text.utf8)) != nil
  }

  private static func mayHoldCredentials(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      bytes.indices.contains { index in
        switch bytes[index] {
        case UInt8(ascii: "@"), UInt8(ascii: "="): true
        case UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "'"):
          HeaderFields.secret(endingAt: index, in: bytes) != nil
        default: false
        }
      }
    }
  }

  private static func redacted(_ bytes: [UInt8], knowing patterns: Patterns?) -> [UInt8] {
    let unknown = patterns.flatMap { $0.masked(bytes) } ?? bytes
    let text = HeaderFields.masked(unknown)
    guard text.contains(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "=") }) else { return text }
    // Bytes and not characters: a joining mark makes one character of itself and the '@' before it.
    var redactor = Redactor(capacity: text.count)
    for index in text.indices { redactor.take(index, of: text) }
    return redactor.shown
  }
}

/// Copies a text byte by byte, and takes back the part that turns out to have been user information.
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
    /// Whether it is of a query, which ends with a `#`.
    let isOfQuery: Bool
    var isEmpty = true
    /// Whether the part has ended within the value. Until then the value can be part of a password
    /// (`http://user:token=x@host`).
    var isPastPart = false
  }

  init(capacity: Int) { shown.reserveCapacity(capacity) }

  mutating func take(_ index: Int, of text: [UInt8]) {
    let byte = text[index]
    if let value = hidden {
      let next = index + 1 < text.count ? text[index + 1] : nil
      guard endsValue(byte, before: next, ofQuery: value.isOfQuery) else { return hide(byte) }
      hidden = nil
    }
    switch byte {
    case UInt8(ascii: "@") where followsScheme || hasColon: replaceUser()
    case UInt8(ascii: "="):
      let parameter = parameter
      shown.append(byte)
      if Self.secrets.contains(where: isLast) {
        hidden = Hidden(isOfQuery: parameter != nil)
      } else if let parameter, !Self.knownToNix.contains(parameter), !isShort(after: index, in: text) {
        hidden = Hidden(isOfQuery: true)
      }
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
  private static let secrets = [
    "secret-key=", "access_token=", "token=", "password=", "signature=", "secret=",
  ].map { Array($0.utf8) }

  /// The parameters that Nix knows, of flake references and of stores, and that hold no secret (Nix,
  /// `libfetchers`, `libflake/flakeref.cc`, and the settings of `libstore`'s stores).
  private static let knownToNix = Set(
    """
    rev ref dir narHash lastModified revCount submodules shallow allRefs host lfs exportIgnore name unpack url type \
    owner repo path id flake verifyCommit keytype revision treeHash hash sha256 \
    priority want-mass-query trusted compression compression-level parallel-compression write-nar-listing \
    write-debug-info index-debug-info local-nar-cache path-info-cache-size store root state log real read-only \
    require-sigs region endpoint profile scheme narinfo-compression ls-compression log-compression \
    multipart-upload buffer-size addressing-style max-connections max-connection-age remote-store remote-program \
    ssh-key base64-ssh-public-host-key compress system-features tls-certificate tls-private-key
    """.split(separator: " ").map { Array($0.utf8) })

  /// The name of the query's parameter whose `=` comes next.
  private var parameter: [UInt8]? {
    var start = shown.count
    while start > 0, shown.count - start <= Self.longestName, isOfParameter(shown[start - 1]) { start -= 1 }
    guard start > 0, start < shown.count, shown.count - start <= Self.longestName else { return nil }
    let mark = shown[start - 1]
    return mark == UInt8(ascii: "?") || mark == UInt8(ascii: "&") ? Array(shown[start...]) : nil
  }

  private func isOfParameter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "%"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
      UInt8(ascii: "["), UInt8(ascii: "]"):
      true
    default: byte < 0x80 && isOfAWord(byte)
    }
  }

  private static let longestName = 64

  /// Whether a value is too short for a secret.
  private func isShort(after index: Int, in text: [UInt8]) -> Bool {
    guard index + 4 < text.count else { return true }
    return (1...4).contains { endsValue(text[index + $0], before: nil, ofQuery: true) }
  }

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

  private func endsValue(_ byte: UInt8, before next: UInt8?, ofQuery isOfQuery: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "\""): true
    case UInt8(ascii: "#"), UInt8(ascii: "<"), UInt8(ascii: ">"): isOfQuery
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
