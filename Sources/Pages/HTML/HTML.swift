import Foundation
package import NixModel
import Reporting

/// A piece of a document. Literals are markup; everything that is put into them is text, and is escaped.
///
/// Texts lose credentials, escape sequences and control characters on the way, as they do in every report. Only another
/// piece goes in as it is. Nothing else can be put in, because there is no interpolation for it.
package struct HTML: Hashable, Sendable {
  /// The markup.
  package private(set) var text: String

  /// Nothing.
  package static let empty: HTML = ""

  /// The pieces one after the other.
  package init(_ pieces: some Sequence<HTML>) { text = pieces.reduce(into: "") { $0 += $1.text } }
}

extension HTML: ExpressibleByStringInterpolation {
  package init(stringLiteral markup: String) { text = markup }

  package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    package mutating func appendLiteral(_ markup: String) { text += markup }

    /// A text, between tags or between the quotes of an attribute.
    package mutating func appendInterpolation(_ content: String) {
      HTML.escape(Words.printable(content), into: &text)
    }

    package mutating func appendInterpolation(_ content: Substring) { appendInterpolation(String(content)) }

    /// A path, which has no character that would have to be escaped.
    package mutating func appendInterpolation(_ path: StorePath) {
      HTML.escape(path.description, into: &text)
    }

    package mutating func appendInterpolation(_ number: Int) { text += "\(number)" }

    /// A length, to a hundredth.
    package mutating func appendInterpolation(_ length: Double) {
      let hundredths = Int((max(-1e9, min(length, 1e9)) * 100).rounded())
      text += hundredths.isMultiple(of: 100) ? "\(hundredths / 100)" : "\(Double(hundredths) / 100)"
    }

    package mutating func appendInterpolation(_ piece: HTML) { text += piece.text }

    package mutating func appendInterpolation(_ piece: HTML?) { text += piece?.text ?? "" }

    package mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { text += piece.text } }
  }
}

extension HTML {
  /// Source: WHATWG, "HTML", 13.1.2.3 "Attributes" and 13.1.3 "Text". Both quotes are escaped, so that a place in the
  /// markup need not be known.
  private static func escape(_ content: String, into text: inout String) {
    let special = content.utf8.contains { byte in
      switch byte {
      case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"):
        true
      default: byte < 0x20 || byte >= 0x7F
      }
    }
    guard special else {
      text += content
      return
    }
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      case "\n", "\t": text.unicodeScalars.append(scalar)
      default:
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        let isNoncharacter = scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value)
        text.unicodeScalars.append(isControl || isNoncharacter ? "\u{FFFD}" : scalar)
      }
    }
  }

  /// A path with its hash told quietly, since people read names.
  static func path(_ path: StorePath) -> HTML {
    let base = path.baseName
    let hash = String(base.prefix(StorePath.hashLength + 1))
    return
      "<span class=\"path\"><span class=\"hash\">\(path.directory.path)/\(hash)</span>\(String(path.name))</span>"
  }

  /// The same without the directory, for lists of many.
  static func shortPath(_ path: StorePath) -> HTML {
    let hash = String(path.baseName.prefix(StorePath.hashLength + 1))
    return "<span class=\"hash\">\(hash)</span>\(String(path.name))"
  }

  /// A sentence in which what stands between backquotes is code.
  static func prose(_ sentence: String) -> HTML {
    let parts = Words.printable(sentence).split(separator: "`", omittingEmptySubsequences: false)
    // An odd mark is one of a text by others, and stays as it is.
    guard parts.count.isMultiple(of: 2) == false else { return "\(sentence)" }
    return HTML(
      parts.enumerated().map { $0.offset.isMultiple(of: 2) ? "\($0.element)" : "<code>\($0.element)</code>" })
  }

  /// How many folded items are there to be unfolded. A page of thousands is read by nobody.
  private static let folded = 60

  /// Items of a list, of which those behind `limit` are folded away, and the rest is counted.
  static func list(_ items: [HTML], naming limit: Int) -> HTML {
    guard !items.isEmpty else { return .empty }
    func list(_ items: some Sequence<HTML>) -> HTML { "<ul>\(items.map { "<li>\($0)</li>" })</ul>" }
    guard items.count > limit + 1 else { return list(items) }
    let rest = items.dropFirst(limit)
    let counted: HTML = rest.count > folded ? "<p class=\"note\">and \(rest.count - folded) more</p>" : .empty
    return """
      \(list(items.prefix(limit)))<details><summary>and \(rest.count) more</summary>\(list(rest.prefix(folded)))\(counted)</details>
      """
  }

  /// A table that scrolls by itself where the window is narrow, by keyboard as well.
  static func table(_ caption: String, columns: [Column], rows: [HTML]) -> HTML {
    let heads: [HTML] = columns.map { column in
      let kind: HTML = column.isNumber ? " class=\"n\"" : .empty
      return "<th scope=\"col\"\(kind)>\(column.name)</th>"
    }
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(caption)"><table>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(rows)</tbody></table></div>

      """
  }

  /// A column of a table.
  struct Column: ExpressibleByStringLiteral {
    let name: String
    var isNumber = false

    init(stringLiteral name: String) { self.name = name }

    static func number(_ name: String) -> Column {
      var column = Column(stringLiteral: name)
      column.isNumber = true
      return column
    }
  }

  /// A moment, to the second.
  static func time(_ instant: Date) -> HTML {
    let text = Instant.iso8601(instant)
    return "<time datetime=\"\(text)\">\(text.replacing("T", with: " "))</time>"
  }

  /// Terms and what is said of each.
  static func facts(_ facts: [(String, HTML?)]) -> HTML {
    let rows: [HTML] = facts.compactMap { name, value in
      value.map { "<div><dt>\(name)</dt><dd>\($0)</dd></div>\n" }
    }
    return "<dl class=\"facts\">\n\(rows)</dl>\n"
  }

  /// A section with its heading.
  static func section(_ id: String, _ title: String, _ content: HTML) -> HTML {
    """
    <section id="\(id)" aria-labelledby="\(id)-title">
    <h2 id="\(id)-title">\(title)</h2>
    \(content)</section>

    """
  }
}
