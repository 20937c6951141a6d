import Credentials

extension FuzzTarget {
  static func netrc(_ bytes: [UInt8]) throws(BrokenPromise) {
    let text = String(decoding: bytes, as: UTF8.self)
    let entries = Netrc(parsing: text).entries.map(Plain.init)
    let printed = entries.map(\.printed).joined()
    try expect(
      Netrc(parsing: printed).entries.map(Plain.init) == entries,
      "what is printed reads the same: \(printed.debugDescription)")
    _ = Netrc(parsing: text).credentials(for: "cache.example")

    let shown = "\(Netrc(parsing: "machine h login u password \(Planted.secret)\n\(text)"))"
    try expect(!Planted.isShown(by: shown) || Planted.isIn(bytes), "a netrc shows no password")

    // Line ends of another system change nothing outside of quotes.
    guard !bytes.contains(UInt8(ascii: "\"")), !bytes.contains(UInt8(ascii: "\r")) else { return }
    let otherEnds = String(decoding: bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }, as: UTF8.self)
    try expect(
      Netrc(parsing: otherEnds).entries.map(Plain.init) == entries, "CR LF ends a line as LF does")
  }
}

/// An entry without the wrapping of its password.
private struct Plain: Equatable {
  let machine: String?
  let login: String
  let password: String?

  init(_ entry: Netrc.Entry) {
    machine = entry.machine
    login = entry.login
    password = entry.password?.reveal { $0 }
  }

  var printed: String {
    let place = machine.map { "machine \(Self.quoted($0))" } ?? "default"
    let secret = password.map { " password \(Self.quoted($0))" } ?? ""
    return "\(place) login \(Self.quoted(login))\(secret)\n"
  }

  private static func quoted(_ word: String) -> String {
    var quoted = "\""
    for scalar in word.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  // As bytes: to Swift, texts that look the same are the same.
  static func == (left: Plain, right: Plain) -> Bool {
    left.login.utf8.elementsEqual(right.login.utf8)
      && (left.machine.map { Array($0.utf8) }) == (right.machine.map { Array($0.utf8) })
      && (left.password.map { Array($0.utf8) }) == (right.password.map { Array($0.utf8) })
  }
}
