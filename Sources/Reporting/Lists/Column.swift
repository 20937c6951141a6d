import Foundation

/// A column of a list: a key in the document, a name in the CSV and a title in the table, as far as it is in each.
struct Column<Row>: Sendable {
  typealias Reading = @Sendable (Row) -> Value

  /// Its keys in the document. A row for which there is no value has no such key.
  private(set) var fields: [Field] = []
  /// Its columns in the CSV.
  private(set) var named: [Field] = []
  /// Its columns in the table.
  private(set) var shown: [Shown] = []

  struct Field: Sendable {
    let name: String
    let value: @Sendable (Row) -> Value?
  }

  struct Shown: Sendable {
    let head: Table.Column
    /// The cell of a row, seen at an instant.
    let cell: @Sendable (Row, Date) -> Table.Cell
  }

  private init() {}

  /// A column of the document and of the CSV, and of the table where it has a title.
  ///
  /// - Parameters:
  ///   - csv: its name in the CSV; by default that of the key, with underscores.
  ///   - minimum: the width below which it is not narrowed while another column can be.
  init(
    _ title: String? = nil, _ alignment: Table.Alignment = .left, key: String, csv: String? = nil,
    minimum: Int? = nil, cut: Table.Cut = .end, _ value: @escaping Reading
  ) {
    fields = [Field(name: key, value: value)]
    named = [Field(name: csv ?? key.underscored, value: value)]
    guard let title else { return }
    let head = Table.Column(title: title, alignment: alignment, minimum: minimum, cut: cut)
    shown = [Shown(head: head) { value($0).cell(seenAt: $1) }]
  }

  /// A key of the document alone; a row for which there is no value has no such key.
  static func json(_ key: String, _ value: @escaping @Sendable (Row) -> Value?) -> Column {
    var column = Column()
    column.fields = [Field(name: key, value: value)]
    return column
  }

  /// A column of the CSV alone.
  static func csv(_ name: String, _ value: @escaping Reading) -> Column {
    var column = Column()
    column.named = [Field(name: name, value: value)]
    return column
  }

  /// A column of the table alone.
  static func shown(
    _ title: String, _ alignment: Table.Alignment = .left, minimum: Int? = nil, cut: Table.Cut = .end,
    _ cell: @escaping @Sendable (Row) -> Table.Cell
  ) -> Column {
    var column = Column()
    let head = Table.Column(title: title, alignment: alignment, minimum: minimum, cut: cut)
    column.shown = [Shown(head: head) { row, _ in cell(row) }]
    return column
  }

  /// The columns of a part of a row: an object in the document, `null` where there is no such part; columns like any
  /// others in the CSV.
  static func group<Part>(
    _ key: String, _ columns: [Column<Part>], _ part: @escaping @Sendable (Row) -> Part?
  ) -> Column {
    var column = Column()
    let object = Value.writer(of: columns)
    column.fields = [Field(name: key) { object(part($0)) }]
    column.named = columns.flatMap { $0.of(part).named }
    return column
  }

  /// The same column, in the CSV alone.
  var inCSV: Column {
    var column = Column()
    column.named = named
    return column
  }

  /// The same column for rows that this row is a part of; empty where a row has no such part.
  func of<Whole>(_ part: @escaping @Sendable (Whole) -> Row?) -> Column<Whole> {
    var column = Column<Whole>()
    column.fields = fields.map { field in .init(name: field.name) { part($0).flatMap(field.value) } }
    column.named = named.map { field in .init(name: field.name) { part($0).flatMap(field.value) } }
    column.shown = shown.map { shown in
      .init(head: shown.head) { whole, now in part(whole).map { shown.cell($0, now) } ?? "" }
    }
    return column
  }
}

extension String {
  /// `downloadBytes` as `download_bytes`.
  var underscored: String {
    reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
  }
}
