import NixModel
import Reporting

/// The paths of a record by size, and by the place that each came from or went to.
struct ClosurePicture {
  /// A path.
  struct Item {
    let path: StorePath
    /// The archive's size in bytes, where it is known.
    let size: UInt64?
    /// The class that it belongs to, such as the address of a cache.
    let group: String
    /// More about it, for the list.
    let remark: String
  }

  /// A class of paths, the one with the most bytes first.
  struct Group {
    let name: String
    let count: Int
    let bytes: UInt64
  }

  let items: [Item]
  let groups: [Group]

  init(_ items: [Item]) {
    self.items = items.sorted { ($0.size ?? 0, $1.path) > ($1.size ?? 0, $0.path) }
    groups = Dictionary(grouping: items, by: \.group).map { name, items in
      Group(
        name: name, count: items.count,
        bytes: items.reduce(0) { UInt64(saturating: Double($0) + Double($1.size ?? 0)) })
    }.sorted { ($0.bytes, $0.count, $1.name) > ($1.bytes, $1.count, $0.name) }
  }

  /// How many tiles have a name. The rest of each class is one tile.
  private static let named = 90
  private static let width = 1000.0
  /// A few paths need less room.
  private var height: Double { items.count > 12 ? 380 : 150 }

  private func fill(_ group: String) -> Int { groups.firstIndex { $0.name == group } ?? 0 }

  /// The map; nothing where no size is known.
  func map(_ label: String) -> HTML {
    struct Area {
      let name: String
      let size: UInt64
      let group: String
    }
    let known = items.filter { ($0.size ?? 0) > 0 }
    let rest = Dictionary(grouping: known.dropFirst(Self.named), by: \.group).map { group, items in
      Area(
        name: "\(Words.count(items.count, "smaller path"))", size: items.reduce(0) { $0 + ($1.size ?? 0) },
        group: group)
    }
    let areas =
      (known.prefix(Self.named).map { Area(name: String($0.path.name), size: $0.size ?? 0, group: $0.group) }
      + rest).sorted { ($0.size, $1.name) > ($1.size, $0.name) }
    let tiles = Treemap.tiles(areas.map { Double($0.size) }, width: Self.width, height: height)
    guard !tiles.isEmpty else { return .empty }
    let shapes: [HTML] = zip(areas, tiles).map { area, tile in
      let size = Quantity.bytes(area.size)
      let text: HTML =
        tile.width > 70 && tile.height > 36
        ? "<text x=\"8\" y=\"18\">\(area.name)</text><text x=\"8\" y=\"33\" class=\"size\">\(size)</text>"
        : .empty
      let isSmall = tile.width < 180
      let isHatched = fill(area.group) > 0
      let plate: HTML =
        text == .empty || !isHatched
        ? .empty
        : "<rect class=\"plate\" x=\"4\" y=\"5\" width=\"\(plateWidth(area.name, size))\" height=\"33\"/>"
      return """
        <svg\(isSmall ? smallTile : .empty) x="\(tile.x / 10)%" y="\(tile.y)" width="\(tile.width / 10)%" height="\(tile.height)"><title>\(area.name), \(size), \(area.group)</title><rect class="tile" width="100%" height="100%" fill="\(Fill.reference(fill(area.group)))"/>\(plate)\(text)</svg>

        """
    }
    return """
      <figure><svg class="map" width="100%" height="\(height)" role="img" aria-label="\(label)">
      \(shapes)</svg>
      <figcaption>Each area is a path, as large as its unpacked archive. The table tells what the hatchings mean.</figcaption></figure>

      """
  }

  /// Its name is left out where the window is narrow.
  private let smallTile: HTML = " class=\"small\""

  /// A text of twelve pixels has about six and a half to a letter.
  private func plateWidth(_ name: String, _ size: String) -> Double {
    Double(max(name.unicodeScalars.count, size.unicodeScalars.count)) * 6.6 + 8
  }

  /// A line for each class. `more` adds cells.
  func legend(
    _ caption: String, _ column: HTML.Column, more: (columns: [HTML.Column], cells: (Group) -> HTML)? = nil
  )
    -> HTML
  {
    let total = groups.reduce(0.0) { $0 + Double($1.bytes) }
    let rows: [HTML] = groups.enumerated().map { index, group in
      """
      <tr><td>\(Fill.swatch(index)) \(group.name)</td><td class="n">\(group.count)</td><td class="n">\(Quantity.bytes(group.bytes))</td><td class="n">\(Quantity.percent(group.bytes, of: UInt64(saturating: total)))</td>\(more?.cells(group))</tr>

      """
    }
    return .table(
      caption,
      columns: [column, .number("paths"), .number("unpacked"), .number("share")] + (more?.columns ?? []),
      rows: rows)
  }

  /// Every path, folded away.
  func list(_ title: String, remark: HTML.Column) -> HTML {
    guard !items.isEmpty else { return .empty }
    let rows: [HTML] = items.map { item in
      """
      <tr><td>\(HTML.shortPath(item.path))</td><td class="n">\(item.size.map { Quantity.bytes($0) } ?? "–")</td><td>\(item.group)</td><td>\(item.remark)</td></tr>

      """
    }
    let table = HTML.table(title, columns: ["path", .number("unpacked"), "place", remark], rows: rows)
    return
      "<details class=\"many\"><summary>All \(Words.count(items.count, "path"))</summary>\n\(table)</details>\n"
  }
}
