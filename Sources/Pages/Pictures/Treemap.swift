/// A map in which each item has an area that is proportional to its weight, and is as square as can be.
///
/// Source: Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000).
struct Treemap {
  /// A part of the map, in its units.
  struct Tile: Hashable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double
  }

  /// The tiles of items, in their order.
  ///
  /// - Parameter weights: positive, the largest first.
  static func tiles(_ weights: [Double], width: Double, height: Double) -> [Tile] {
    let total = weights.reduce(0, +)
    guard total > 0, width > 0, height > 0 else { return [] }
    let areas = weights.map { $0 / total * width * height }
    var free = Tile(x: 0, y: 0, width: width, height: height)
    var tiles: [Tile] = []
    var start = 0
    while start < areas.count {
      let side = min(free.width, free.height)
      var end = start + 1
      var sum = areas[start]
      while end < areas.count {
        let more = sum + areas[end]
        guard
          worst(areas[start...end], sum: more, side: side) <= worst(areas[start..<end], sum: sum, side: side)
        else { break }
        sum = more
        end += 1
      }
      tiles += row(areas[start..<end], sum: sum, in: &free)
      start = end
    }
    return tiles
  }

  /// The worst ratio of sides in a row along a side. Areas fall, so that the first and the last decide.
  private static func worst(_ row: ArraySlice<Double>, sum: Double, side: Double) -> Double {
    guard let largest = row.first, let smallest = row.last, sum > 0, side > 0, smallest > 0 else {
      return .infinity
    }
    let square = sum * sum
    return max(side * side * largest / square, square / (side * side * smallest))
  }

  private static func row(_ areas: ArraySlice<Double>, sum: Double, in free: inout Tile) -> [Tile] {
    let isColumn = free.width >= free.height
    let side = isColumn ? free.height : free.width
    guard side > 0, sum > 0 else { return areas.map { _ in Tile(x: free.x, y: free.y, width: 0, height: 0) } }
    let depth = sum / side
    var place = 0.0
    let tiles = areas.map { area in
      let length = area / depth
      defer { place += length }
      return isColumn
        ? Tile(x: free.x, y: free.y + place, width: depth, height: length)
        : Tile(x: free.x + place, y: free.y, width: length, height: depth)
    }
    if isColumn {
      free.x += depth
      free.width -= depth
    } else {
      free.y += depth
      free.height -= depth
    }
    return tiles
  }
}
