import Foundation
import NixModel

/// `text` made fit for a terminal: without credentials, escape sequences and control characters.
public func printable(_ text: String) -> String { Words.printable(text) }

/// The small change of sentences.
package enum Words {
  /// `text` fit for a terminal and a report: without credentials, escape sequences, control characters and
  /// marks that reverse the direction of writing. Lines stay lines.
  package static func printable(_ text: String) -> String { Redaction.redact(text).plainText }

  /// ``printable(_:)`` on one line.
  package static func line(_ text: String) -> String {
    let shown = printable(text)
    // Nearly every text is one plain line already: a table of a log has thousands.
    let space = UInt8(ascii: " ")
    if shown.utf8.first != space, shown.utf8.last != space,
      shown.utf8.allSatisfy({ (space..<0x7F).contains($0) })
    {
      return shown
    }
    return shown.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// `a, b and c`.
  package static func list(_ items: [String], ifEmpty: String = "none") -> String {
    guard let last = items.last else { return ifEmpty }
    return items.count == 1 ? last : "\(items.dropLast().joined(separator: ", ")) and \(last)"
  }

  /// The beginning of `text`, cut to `limit` Unicode scalars. Characters are not counted, because one can
  /// have any number of scalars.
  package static func clipped(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return text }
    return String(text.unicodeScalars.prefix(limit - 1)) + "…"
  }

  /// A target's or a path's name in a list, cut to a readable length.
  package static func name(_ text: String) -> String { clipped(line(text), to: 200) }

  /// `a, b and 12 more`.
  package static func list(_ items: [String], naming limit: Int) -> String {
    guard items.count > limit else { return list(items) }
    return list(Array(items.prefix(limit)) + ["\(items.count - limit) more"])
  }

  /// `, 2 of them builds`, behind a count of runs; nothing where none is.
  static func builds(_ count: Int) -> String {
    switch count {
    case 0: ""
    case 1: ", 1 of them a build"
    default: ", \(count) of them builds"
    }
  }

  /// `, 2 of them publications`, behind a count of runs; nothing where none is.
  static func publications(_ count: Int) -> String {
    switch count {
    case 0: ""
    case 1: ", 1 of them a publication"
    default: ", \(count) of them publications"
    }
  }

  /// A sentence on caches that have something and do not count; nothing where there are none.
  static func others(_ caches: [String]) -> String {
    guard !caches.isEmpty else { return "" }
    return " \(list(caches)) \(caches.count == 1 ? "has" : "have") it, and the policy does not accept that."
  }

  /// A text by others, at the end of our sentence.
  package static func ended(_ text: String) -> String {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard let last = trimmed.last else { return "no message." }
    return ".!?".contains(last) ? trimmed : "\(trimmed)."
  }

  /// `1 path`, `2 paths`.
  package static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? singular : plural ?? "\(singular)s")"
  }

  /// The sentence for a cache's error, which has four optional parts.
  static func error(
    of cache: String, about path: StorePath?, status: Int?, message: String, line: Int?
  ) -> String {
    let number = status.map { "HTTP \($0)" }
    let answer = number.map { "answered with \($0)" } ?? "could not be used"
    let question = path.map { " when asked for \($0)" } ?? ""
    let place = line.map { " (log line \($0))" } ?? ""
    // The survey repeats the number as its message; a sentence says it once.
    let detail = message == number ? "." : ": \(ended(message))"
    return "\(cache) \(answer)\(question)\(place)\(detail)"
  }
}
