/// The user names and passwords of a netrc file.
///
/// The format is that of the GNU inetutils manual, and of curl's `lib/netrc.c`, with which Nix reads the
/// file. Words are separated by ASCII white space: `machine NAME`, `default`, `login`, `password`, `account`.
/// `macdef` goes up to an empty line. `#` begins a comment. Words may stand in double quotes, with
/// backslashes. Lines may end in CR LF.
public struct Netrc: Sendable {
  /// The entry of one machine.
  public struct Entry: Sendable {
    /// The host; `nil` for `default`.
    public let machine: String?
    /// The user name. It is empty if the entry has none, as `attic use` writes it.
    public let login: String
    /// The password, if the entry has one.
    public let password: Secret?
  }

  /// The entries in the order of the file.
  public let entries: [Entry]

  /// Reads as many entries as possible. Words in wrong places are ignored.
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

  /// The credentials that would be sent to `host`: those of the first machine of that name, else those of
  /// `default`.
  public func credentials(for host: String) -> (login: String, password: Secret)? {
    let entry =
      entries.first { $0.machine?.lowercased() == host.lowercased() } ?? entries.first { $0.machine == nil }
    return entry.flatMap { entry in entry.password.map { (entry.login, $0) } }
  }
}

/// The words of a netrc file. They are found in bytes, because to Swift CR LF is one `Character`, and so is a
/// quote followed by a combining mark.
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

  /// Skips a macro: the rest of its line, and everything up to an empty line.
  mutating func skipParagraph() {
    skipLine()
    while position < bytes.count {
      while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
      let isEmpty = peek.map(Self.endsLine) ?? true
      skipLine()
      if isEmpty { return }
    }
  }

  /// Skips the rest of a line and its end: LF, CR LF, or CR.
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
