/// The user names and passwords of a netrc file.
///
/// Source of the format: the GNU inetutils manual and curl's `lib/netrc.c`, which Nix reads it with:
/// words separated by white space; `machine NAME`, `default`, `login`, `password`, `account`; `macdef`
/// up to an empty line; `#` comments; words in double quotes, with backslashes.
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
    let entry = entries.first { $0.machine == host } ?? entries.first { $0.machine == nil }
    return entry.flatMap { entry in entry.password.map { (entry.login, $0) } }
  }

  private struct Words {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    mutating func next() -> String? {
      while true {
        rest = rest.drop { $0.isWhitespace }
        guard rest.first == "#" else { break }
        rest = rest.drop { !$0.isNewline }
      }
      guard let first = rest.first else { return nil }
      if first == "\"" { return quoted() }
      let word = rest.prefix { !$0.isWhitespace }
      rest = rest[word.endIndex...]
      return String(word)
    }

    private mutating func quoted() -> String {
      rest.removeFirst()
      var word = ""
      while let character = rest.popFirst(), character != "\"" {
        word.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
      }
      return word
    }

    /// Passes over a macro: everything up to an empty line.
    mutating func skipParagraph() {
      guard let end = rest.firstRange(of: "\n\n") else {
        rest = ""
        return
      }
      rest = rest[end.upperBound...]
    }
  }
}
