/// The identity of an address: two spellings of one address have the same.
///
/// Nix prints an address otherwise than it was configured, and each version in its own way (run with 2.8,
/// 2.26 and 2.34): 2.26 takes percent-encodings off (`%2B` is printed as `+`), 2.34 puts them on (`+` as
/// `%2B`) and drops a port's leading zeros and resolves `..` in paths (`a/../b`, of a cache in files), and
/// all of them drop the query and final slashes.
struct AddressIdentity: Hashable, Sendable {
  /// Scheme, host, port and path, each in one spelling and of ASCII alone.
  private let text: String

  /// The identity of the address in `text`, which is any text.
  ///
  /// - Parameter isDecoded: whether percent signs stand for themselves, as where 2.26 printed it.
  init(_ text: String, isDecoded: Bool = false) {
    let slash = UInt8(ascii: "/")
    guard !Self.isPlain(text) else {
      self.text = text
      return
    }
    var rest = (text.utf8.first == slash ? "file://\(text)" : text).utf8[...]
    let scheme = rest.prefix { $0 != UInt8(ascii: ":") }
    rest = rest.dropFirst(scheme.count + "://".utf8.count)
    var place = rest.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    var authority = place.prefix { $0 != slash }
    place = place.dropFirst(authority.count)
    if let at = authority.lastIndex(of: UInt8(ascii: "@")) { authority = authority[at...].dropFirst() }

    let name = Self.lowercased(Array(scheme))
    var identity = name + "://".utf8
    identity += Self.encoded(Self.host(Array(authority), of: name), except: "[]:")
    let path = isDecoded ? Array(place) : Self.decoded(Array(place))
    for component in Self.components(path, isFile: name == Array("file".utf8)) {
      identity.append(slash)
      identity += Self.encoded(component, except: "")
    }
    self.text = String(decoding: identity, as: UTF8.self)
  }

  /// Whether `other` lies below this one.
  func encloses(_ other: AddressIdentity) -> Bool { other.text.utf8.starts(with: "\(text)/".utf8) }

  /// Whether nothing in an address could be spelled otherwise, as in nearly all of them: evidence holds one for each
  /// answer.
  private static func isPlain(_ text: String) -> Bool {
    let (bytes, slash) = (text.utf8, UInt8(ascii: "/"))
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
      return false
    }
    var last = slash
    for byte in bytes[colon...].dropFirst("://".utf8.count) {
      guard plain.contains(byte), last != slash || byte != slash && byte != UInt8(ascii: ".") else {
        return false
      }
      last = byte
    }
    return last != slash && bytes[..<colon].allSatisfy { plain.contains($0) && $0 != slash }
  }

  private static let plain = ByteSet("abcdefghijklmnopqrstuvwxyz0123456789-._~/")

  /// A host in small letters, with its port where that is not the scheme's own.
  private static func host(_ authority: [UInt8], of scheme: [UInt8]) -> [UInt8] {
    let colon = UInt8(ascii: ":")
    let digits = authority.reversed().prefix { isDigit($0) }.count
    let (name, port) = (authority.dropLast(digits), authority.suffix(digits))
    guard name.last == colon else { return lowercased(decoded(authority)) }
    let number = Array(port.drop { $0 == UInt8(ascii: "0") })
    let host = lowercased(decoded(Array(name.dropLast())))
    let own = scheme == Array("http".utf8) ? "80" : scheme == Array("https".utf8) ? "443" : ""
    return number.isEmpty || number == Array(own.utf8) ? host : host + [colon] + number
  }

  /// The components of a path, with `.`, `..` and empty ones resolved.
  ///
  /// - Parameter isFile: whether `a//..` equals `a/..`. In other addresses `..` takes the empty component
  ///   back.
  private static func components(_ path: [UInt8], isFile: Bool) -> [ArraySlice<UInt8>] {
    var components: [ArraySlice<UInt8>] = []
    for component in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: isFile).dropFirst(
      isFile ? 0 : 1)
    {
      if component.elementsEqual("..".utf8) {
        _ = components.popLast()
      } else if !component.elementsEqual(".".utf8) {
        components.append(component)
      }
    }
    return components.filter { !$0.isEmpty }
  }

  private static func decoded(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(UInt8(ascii: "%")) else { return text }
    var bytes: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
      if byte == UInt8(ascii: "%"), digits.count == 2 {
        bytes.append(UInt8(digits[0] << 4 | digits[1]))
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }

  private static func encoded(_ bytes: some Sequence<UInt8>, except plain: String) -> [UInt8] {
    let plain = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~\(plain)")
    return bytes.reduce(into: []) { text, byte in
      if plain.contains(byte) { text.append(byte) } else { text += "%\([byte].base16)".utf8 }
    }
  }

  private static func lowercased(_ text: [UInt8]) -> [UInt8] {
    text.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
