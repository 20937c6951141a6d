import Foundation
import NixModel

/// A list in its three forms: a JSON document, CSV, and a table for a person.
///
/// Each column is declared once for all of them. The columns of each list are in a file of its own beside
/// this one.
public struct Listing<Row: Sendable>: Document {
  /// `runs`: the name in the document's schema.
  let name: String
  /// The key of the rows in the document.
  let key: String
  let rows: [Row]
  let columns: [Column<Row>]
  /// The document's values about the list as a whole, by key.
  let facts: [String: Value]
  /// The instant that ages in the table are counted from.
  let now: Date
  /// The text that stands for a table without rows.
  let ifEmpty: String
  /// Where the list goes on, if there is more of it than these rows.
  let next: ListPlace?
  /// The lines below the table.
  let notes: @Sendable (Style) -> [String]
  private let sheet: @Sendable () -> CSV

  /// A list that is there as a whole. `sheet` is its CSV where that has other rows than the table.
  init(
    _ name: String, key: String? = nil, _ rows: [Row], _ columns: [Column<Row>],
    facts: [String: Value] = [:], now: Date, ifEmpty: String, next: ListPlace? = nil,
    notes: @escaping @Sendable (Style) -> [String] = { _ in [] },
    sheet: (@Sendable () -> CSV)? = nil
  ) {
    self.name = name
    self.key = key ?? name
    self.rows = rows
    self.columns = columns
    self.facts = facts
    self.now = now
    self.ifEmpty = ifEmpty
    self.next = next
    self.notes = notes
    self.sheet = sheet ?? { CSV(rows, columns) }
  }

  /// A page of a list; its document says under `next` where the list goes on.
  init(
    _ name: String, key: String? = nil, _ page: Page<Row>, _ columns: [Column<Row>],
    facts: [String: Value] = [:], now: Date, ifEmpty: String
  ) {
    let next = ["next": Value.text(page.last?.description)]
    self.init(
      name, key: key, page.items, columns, facts: facts.merging(next) { $1 }, now: now, ifEmpty: ifEmpty,
      next: page.last)
  }

  /// Encodes the document: the schema, the facts, and under the list's key an object for each row.
  public func encode(to encoder: any Encoder) throws {
    var document = encoder.container(keyedBy: Value.Key.self)
    try document.encode("warmth/\(name)/v1", forKey: Value.Key(stringValue: "schema"))
    for (key, fact) in facts { try document.encode(fact, forKey: Value.Key(stringValue: key)) }
    var list = document.nestedUnkeyedContainer(forKey: Value.Key(stringValue: self.key))
    let object = Value.writer(of: columns)
    for row in rows { try list.encode(object(row)) }
  }

  /// The list as CSV (RFC 4180). Columns keep their names and their order; new ones come last.
  public func csv() -> String { sheet().render() }

  /// The table, cut to `width` columns where one is given, and the place where the list goes on.
  public func table(width: Int? = nil, style: Style = .plain) -> String {
    guard !rows.isEmpty else { return "\(ifEmpty)\n" }
    let shown = columns.flatMap(\.shown)
    let table = Table(
      columns: shown.map(\.head), rows: rows.map { row in shown.map { $0.cell(row, now) } })
    let more = next.map { ["", style.paint("more: --before \($0)", .dim)] } ?? []
    return (table.render(width: width, style: style) + notes(style) + more).joined(separator: "\n") + "\n"
  }
}
