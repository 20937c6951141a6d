import TestSupport

/// Lines as Nix writes them and as nobody would: keys in any order and there twice, white space in any place,
/// strings escaped in any way, actions and types that no Nix has, records that are cut off, bytes that are no text.
struct RecordGenerator {
  private var random: SplitMix
  /// To spell a line is slow, so some are spelled and then told again with other numbers in them.
  private var spelled: [(line: [UInt8], holes: [Int])] = []

  init(seed: UInt64) {
    random = SplitMix(seed: seed)
    for _ in 0..<2000 {
      let line = line()
      spelled.append((line, line.indices.filter { line[$0] == Self.hole }))
    }
  }

  /// A log of so many lines, the last one without its newline (and with a space, so that it is one).
  mutating func log(lines: Int) -> [UInt8] {
    var log: [UInt8] = []
    log.reserveCapacity(lines * 120)
    for number in 1...lines {
      let start = log.count
      let (line, holes) = spelled[Int(chance(UInt64(spelled.count)))]
      log += line
      var digits = random.next()
      for hole in holes {
        log[start + hole] = UInt8(ascii: "0") + UInt8(digits % 10)
        digits /= 10
      }
      log.append(number < lines ? 0x0A : 0x20)
    }
    return log
  }

  /// Stands for any digit.
  private static let hole = UInt8(ascii: "#")

  // MARK: Lines

  private mutating func line() -> [UInt8] {
    switch chance(20) {
    case 0..<11: Array(#"@nix {"action":"result","fields":[2####,9#####,0,0],"id":1#,"type":105}"#.utf8)
    case 11: damaged(record())
    case 12: noRecord()
    default: record()
    }
  }

  private mutating func record() -> [UInt8] {
    var members = action()
    if oneIn(4) { members.append(("text", string("a \"text\"\n\u{1B}[1m😀\u{0}"))) }
    if oneIn(4) { members.append(("nested", #"{"type":[105,{}],"action":"start","id":{"a":[]}}"#)) }
    if oneIn(3) { members.shuffle(using: &random) }
    // Of what is there twice the first counts.
    if oneIn(6) { members += action().shuffled(using: &random) }
    let isPlain = oneIn(2)
    let spelled = members.map { key, value in
      isPlain
        ? "\"\(key)\":\(value)" : [space(), string(key), space(), ":", space(), value, space()].joined()
    }
    var line = Array("@nix {\(spelled.joined(separator: ","))}\(oneIn(8) ? "\r" : "")".utf8)
    if oneIn(12) { replaceText(in: &line) }
    return line
  }

  private mutating func action() -> [(key: String, value: String)] {
    let id = oneIn(10) ? pick(["18446744073709551615", "18446744073709551616", "1.5", "-1", "null"]) : "1#"
    switch chance(10) {
    case 0, 1: return start(108, id, [path(), address()], parent: pick(["0", "0", "1#"]))
    case 2, 3: return start(100, id, [path(), address(), string("local")], parent: "1#")
    case 4:
      return start(
        105, id, [path(".drv"), pick([string(""), string("ssh://builder")]), "1", "1"], parent: "0")
    case 5: return start(Int(pick([110, 111, 101, 999])), id, [path(".drv"), path(".drv")], parent: "1#")
    case 6:
      return [
        ("action", string(pick(["msg", "later"]))), ("level", pick(["0", "1", "3"])), ("msg", message()),
      ]
    case 7:
      return [
        ("action", string("result")), ("fields", "[1##,\(pick(["1##", "true", "1e2"]))]"), ("id", id),
        ("type", "105"),
      ]
    default: return [("action", string("stop")), ("id", id)]
    }
  }

  private mutating func start(
    _ type: Int, _ id: String, _ fields: [String], parent: String
  ) -> [(key: String, value: String)] {
    var members = [
      ("action", string("start")), ("fields", "[\(fields.joined(separator: space() + ","))]"), ("id", id),
      ("level", "3"), ("parent", parent), ("type", "\(type)"),
    ]
    if oneIn(4) { members.remove(at: 4) }
    if oneIn(10) { members.remove(at: Int(chance(UInt64(members.count)))) }
    return members
  }

  private mutating func noRecord() -> [UInt8] {
    switch chance(5) {
    case 0: []
    case 1: Array("qemu> @nix {\"action\":\"stop\",\"id\":1#}".utf8)
    case 2: Array("copying path '/nix/store/x' from 'http://c'...".utf8)
    case 3: [0, 0xFF, 0xFE, 0xC3]
    default: Array("@nix".utf8)
    }
  }

  /// The same, cut off anywhere, followed by what does not belong to it, or without one of its quotes.
  private mutating func damaged(_ line: [UInt8]) -> [UInt8] {
    var line = line
    switch chance(3) {
    case 0: line.removeLast(Int(chance(UInt64(line.count))))
    case 1: line += Array(pick(["x", " {}", "]", "\u{0}", ",\"a\":1}"]).utf8)
    default:
      let quotes = line.indices.filter { line[$0] == UInt8(ascii: "\"") }
      // Behind a backslash a quote is none.
      guard !line.contains(UInt8(ascii: "\\")) else { return line }
      line.remove(at: quotes[Int(chance(UInt64(quotes.count)))])
    }
    return line
  }

  /// Puts bytes that are no text where a letter was.
  private mutating func replaceText(in line: inout [UInt8]) {
    let places = line.indices.filter { line[$0] == UInt8(ascii: "x") }
    if let place = places.randomElement(using: &random) { line[place] = pick([0, 0x80, 0xE2, 0xFF]) }
  }

  // MARK: Values

  private mutating func path(_ suffix: String = "") -> String {
    // A hole is never escaped: ten paths, so that causes and effects meet.
    let name = pick(["qemu", "xz", "x.1"])
    return string("/nix/store/0000000000000000000000000000000").dropLast() + "#"
      + string("-\(name)\(suffix)").dropFirst()
  }

  private mutating func address() -> String {
    string(pick(["https://cache.example", "https://other.example/x"]))
  }

  private mutating func message() -> String {
    let odd = pick([
      #"\ud83d"#, #"\ude00"#, #"\ud83dx"#, #"\ud83d\u0041"#, #"\ud83d\ude00"#, #"\u001b[31mx\u001b[0m"#,
    ])
    return "\"" + string("x \"said\" 😀\u{0}\t").dropFirst().dropLast() + odd + "\""
  }

  /// A JSON string of `text`, a quarter of its characters escaped, or none.
  private mutating func string(_ text: String) -> String {
    let escapesMore = oneIn(3)
    var string = "\""
    for unit in text.utf16 {
      let isPlain = unit >= 0x20 && unit < 0x7F && unit != 0x22 && unit != 0x5C
      if isPlain, !escapesMore || !oneIn(4) {
        string.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      } else {
        let digits = String(unit, radix: 16, uppercase: oneIn(2))
        string += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return string + "\""
  }

  private mutating func space() -> String { pick(["", "", " ", "\t", " \r "]) }

  // MARK: Chance

  private mutating func chance(_ bound: UInt64) -> UInt64 { random.next(upperBound: bound) }

  private mutating func oneIn(_ bound: UInt64) -> Bool { chance(bound) == 0 }

  private mutating func pick<Value>(_ values: [Value]) -> Value { values[Int(chance(UInt64(values.count)))] }
}
