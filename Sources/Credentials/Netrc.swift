/// The user names and passwords of a netrc file.
///
/// Source of the format: the GNU inetutils manual and curl's `lib/netrc.c`, which Nix reads it with:
/// words separated by ASCII white space; `machine NAME`, `default`, `login`, `password`, `account`; `macdef`
/// up to an empty line; `#` comments; words in double quotes, with backslashes. Lines may end in CR LF.
public struct Netrc: Sendable {
  /// What is said of one machine.
  public struct Entry: Sendable {
    /// The host; `nil` for `default`.
    public let machine: String?
    /// The user name; empty where there is none, as `attic use` writes it.
    public let login: String
    /// The password, where there is one.
    public let password: Secret?
  }

  /// In the order of the file.
  public let entries: [Entry]

  /// Reads as much as can be read; words in wrong places are passed over.
  public init(parsing text: String) {
    var entries: [Entry] = []
    var current: (machine: String?, login: String, password: Secret?)?
    var words = Words(text)

    func finish() {
      if let current {
        entries.append(Entry(machine: current.machine, login: current.login, password: current.password))
      }
    }
    while let word = words.next() {
      switch word {
      case "machine":
        finish()
        current = words.next().map { (machine: $0, login: "", password: nil) }
      case "default":
        finish()
        current = (nil, "", nil)
      case "login": current?.login = words.next() ?? ""
      case "password": current?.password = words.next().map { Secret($0) }
      case "account": _ = words.next()
      case "macdef": words.skipParagraph()
      default: break
      }
    }
    finish()
    self.entries = entries
  }

  /// What would be sent to `host`: of the first machine of that name, else the default.
  public func credentials(for host: String) -> (login: String, password: Secret)? {
    let entry =
      entries.first { $0.machine?.lowercased() == host.lowercased() } ?? entries.first { $0.machine == nil }
    return entry.flatMap { entry in entry.password.map { (entry.login, $0) } }
  }
}

/// The words of a netrc file. By bytes: to Swift, CR LF is one character, and so is a quote that a joining
/// mark follows.
private struct Words {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func next() -> String? {
    while let byte = peek {
      if Self.isSpace(byte) {
        position += 1
      } else if byte == UInt8(ascii: "#") {
        skipLine()
      } else {
        return byte == UInt8(ascii: "\"") ? quoted() : plain()
      }
    }
    return nil
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func plain() -> String {
    let start = position
    while let byte = peek, !Self.isSpace(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quoted() -> String {
    position += 1
    var word: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "\"") {
      position += 1
      guard byte == UInt8(ascii: "\\"), let escaped = peek else {
        word.append(byte)
        continue
      }
      position += 1
      switch escaped {
      case UInt8(ascii: "n"): word.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "r"): word.append(UInt8(ascii: "\r"))
      case UInt8(ascii: "t"): word.append(UInt8(ascii: "\t"))
      default: word.append(escaped)
      }
    }
    position += 1
    return String(decoding: word, as: UTF8.self)
  }

  /// Passes over a macro: the rest of its line, and everything up to a line with nothing on it.
  mutating func skipParagraph() {
    skipLine()
    while position < bytes.count {
      while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
      let isEmpty = peek.map(Self.endsLine) ?? true
      skipLine()
      if isEmpty { return }
    }
  }

  /// Passes over the rest of a line and its end: LF, CR LF, or CR.
  private mutating func skipLine() {
    while let byte = peek, !Self.endsLine(byte) { position += 1 }
    if peek == UInt8(ascii: "\r") { position += 1 }
    if peek == UInt8(ascii: "\n") { position += 1 }
  }

  private static func endsLine(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
