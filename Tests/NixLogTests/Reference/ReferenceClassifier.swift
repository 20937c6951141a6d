import Foundation
import NixModel

/// What a log without failures shows, found the slow way: Nix's words are looked for at every place of every
/// line, and prefixes are compared as texts.
struct ReferenceClassifier {
  private(set) var copied: Set<String> = []
  private(set) var built: Set<String> = []
  private(set) var unclear = 0

  private enum Words {
    case copy(String)
    case build(String)
    case record(builds: String?)
    case plan
  }

  private struct Shape: Hashable {
    let marks: [String]
    let blanks: String
  }

  init(_ log: String) {
    var found: [Shape: [Words]] = [:]
    // Bytes, since "\r\n" is one character.
    for line in Array(log.utf8).split(separator: 0x0A) {
      var text = String(decoding: line, as: UTF8.self).replacing(
        #/\u{1B}\[[0-9;]*[A-Za-z]|\u{1B}_[^\u{7}]*\u{7}/#, with: "")
      text = text.replacing(#/^\u{FEFF}|[ \t\r]+$/#, with: "")
      guard let (prefix, words) = Self.search(text), let shape = Self.shape(of: prefix) else { continue }
      found[shape, default: []].append(words)
    }
    for (shape, words) in found {
      let parts = found.filter { other, _ in Self.is(shape, moreThan: other) }
      let signs = parts.values.reduce(0) { $0 + $1.count }
      let isLogger = parts.keys.allSatisfy { other in
        let more = shape.marks.dropFirst(other.marks.count)
        return more.last == "|" || more.contains("clock") || more.starts(with: ["#", "number"])
      }
      guard signs * 16 < words.count || isLogger else {
        unclear += words.count
        continue
      }
      for word in words {
        switch word {
        case .copy(let path): copied.insert(path)
        case .build(let path), .record(let path?): built.insert(path)
        case .record(nil), .plan: break
        }
      }
    }
  }

  private static func `is`(_ shape: Shape, moreThan other: Shape) -> Bool {
    guard shape != other, shape.marks.starts(with: other.marks) else { return false }
    return shape.marks.count > other.marks.count || shape.blanks.hasPrefix(other.blanks)
  }

  private static func search(_ text: String) -> (prefix: String, words: Words)? {
    for place in text.indices {
      if let words = words(text[place...]) { return (String(text[..<place]), words) }
    }
    return nil
  }

  private static func words(_ text: Substring) -> Words? {
    guard ["copying path '", "building '", "@nix {", "these "].contains(where: text.hasPrefix) else {
      return nil
    }
    let path = #/'(\/nix\/store\/[0-9a-z]{32}-[^']+)'/#
    if text.hasPrefix("copying path '"), text.hasSuffix("'..."), text.contains("' from '"),
      let match = text.firstMatch(of: path)
    {
      return .copy(String(match.1))
    }
    if text.hasPrefix("building '"), text.hasSuffix(".drv'..."), let match = text.firstMatch(of: path) {
      return .build(String(match.1))
    }
    if text.hasPrefix("@nix {\"action\":\""), text.hasSuffix("}") {
      let match = text.firstMatch(of: #/"fields":\["([^"]+)".*"type":105}/#)
      return .record(builds: match.map { String($0.1) })
    }
    return text.wholeMatch(of: #/these [0-9]+ derivations will be built:/#) == nil ? nil : .plan
  }

  private static func shape(of prefix: String) -> Shape? {
    guard prefix.firstMatch(of: #/>[ \t]|[ \t]#[ \t]|post-build-hook: /#) == nil else { return nil }
    let plain = prefix.replacing("\u{FEFF}", with: "")
    let body = plain.replacing(#/^[ \t]+|[ \t]+$/#, with: "")
    let blanks = String(plain.reversed().prefix { $0 == " " || $0 == "\t" }.reversed())
    let isSeparated = body.isEmpty || body.firstMatch(of: #/[\[\](){}<>|#,\x07]$/#) != nil
    guard !blanks.isEmpty || isSeparated else { return nil }
    // Blanks beside a separator are padding.
    let tight = body.replacing(#/[ \t]*([\[\](){}<>|#,"'`\x07])[ \t]*/#) { String($0.1) }
    let marks = tight.matches(of: #/[ \t]+|[\[\](){}<>|#,"'`\x07]|[^ \t\[\](){}<>|#,"'`\x07]+/#).map {
      match -> String in
      let word = String(match.0)
      if word.firstMatch(of: #/^[ \t]/#) != nil { return "blank" }
      if word.firstMatch(of: #/^[\[\](){}<>|#,"'`\x07]$/#) != nil { return word }
      if word.firstMatch(of: #/[0-9]:[0-9]/#) != nil { return "clock" }
      if word.firstMatch(of: #/[0-9]/#) != nil { return "number" }
      return word.firstMatch(of: #/[A-Za-z]|[^\x00-\x7F]/#) != nil ? "letters" : "sign"
    }
    return Shape(marks: marks, blanks: blanks)
  }
}
