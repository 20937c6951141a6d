import NixModel

/// A table of text: aligned columns, two spaces between them, cut to a width where there is one.
struct Table {
  let columns: [Column]
  /// Gone through twice, so that rows that are made as they are asked for need never all be there.
  let rows: any Collection<[Cell]>

  /// A column's head and manner.
  struct Column {
    let title: String
    var alignment = Alignment.left
    /// The width below which it is not narrowed while another can be; `nil` where it is the last to be.
    var minimum: Int?
    var cut = Cut.end
  }

  /// Where a text that is too long loses characters.
  enum Cut {
    case end
    /// For store paths: their names are at their ends, and tell rows apart. A path loses its directory first, which all
    /// rows share, and then the middle of its hash.
    case middle
  }

  enum Alignment {
    case left
    case right
  }

  /// A cell's text and its role.
  struct Cell: ExpressibleByStringInterpolation {
    let text: String
    let role: Style.Role

    init(_ text: String, _ role: Style.Role = .plain) {
      self.text = Words.line(text)
      self.role = role
    }

    init(_ verdict: Verdict) { self.init(verdict.rawValue, verdict.role) }

    init(stringLiteral value: String) { self.init(value) }
  }

  /// The lines, heads first, without spaces at their ends.
  func render(width: Int?, style: Style) -> [String] {
    var lines: [String] = []
    render(width: width, style: style) { lines.append($0) }
    return lines
  }

  /// The same, line by line.
  func render(width: Int?, style: Style, _ emit: (String) -> Void) {
    let widths = widths(within: width)
    emit(line(columns.map { Cell($0.title, .dim) }, widths, style))
    for row in rows { emit(line(row, widths, style)) }
  }

  /// The natural widths; where they are too much, the widest column that may be narrowed gives way first,
  /// and where that is not enough, the widest of all.
  private func widths(within limit: Int?) -> [Int] {
    var widths = columns.map(\.title.count)
    for row in rows {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.text.count) }
    }
    guard let limit else { return widths }
    let gaps = 2 * (columns.count - 1)
    while widths.reduce(gaps, +) > limit {
      let willing = columns.indices.filter { index in
        columns[index].minimum.map { widths[index] > $0 } ?? false
      }
      let candidates = willing.isEmpty ? Array(columns.indices) : willing
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }), widths[widest] > 1 else { break }
      widths[widest] -= 1
    }
    return widths
  }

  private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> String {
    var line = ""
    var pending = 0
    for (index, cell) in cells.enumerated() {
      let text = cell.text.truncated(to: widths[index], at: columns[index].cut)
      let padding = widths[index] - text.count
      let isRight = columns[index].alignment == .right
      pending += isRight ? padding : 0
      if !text.isEmpty {
        line += String(repeating: " ", count: pending) + style.paint(text, cell.role)
        pending = 0
      }
      pending += (isRight ? 0 : padding) + 2
    }
    return line
  }
}

extension String {
  /// The text, cut to `width` characters with an ellipsis where something is missing.
  func truncated(to width: Int, at cut: Table.Cut = .end) -> String {
    guard count > width else { return self }
    guard width > 0 else { return "" }
    return switch cut {
    case .end: "\(prefix(width - 1))…"
    case .middle: shortPath(within: width) ?? "\(prefix((width - 1) / 2))…\(suffix(width / 2))"
    }
  }

  /// A store path without its directory, and where that is too long, without most of its hash; `nil` where it is none, or
  /// does not fit for all that.
  private func shortPath(within width: Int) -> String? {
    guard let path = try? StorePath(parsing: self) else { return nil }
    if path.baseName.count <= width { return path.baseName }
    let short = "\(path.hashPart.prefix(4))…-\(path.name)"
    return short.count <= width ? short : nil
  }

  /// The text with spaces up to `width` characters.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
