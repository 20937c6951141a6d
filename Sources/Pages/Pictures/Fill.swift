/// Fills that can be told apart without colour: by their hatching. The first is plain.
enum Fill {
  /// How many there are. What comes behind them shares the last.
  static let count = 8

  /// The definitions, once in a document that has pictures with fills.
  static var definitions: HTML {
    let ground: HTML = "<rect width=\"10\" height=\"10\" class=\"f0\"/>"
    let strokes: [HTML] = [
      "", "<path class=\"ink\" d=\"M-2 12L12 -2M-2 2L2 -2M8 12L12 8\"/>",
      "<circle class=\"dot\" cx=\"5\" cy=\"5\" r=\"1.4\"/>",
      "<path class=\"ink\" d=\"M0 5H10\"/>", "<path class=\"ink\" d=\"M-2 -2L12 12M8 -2L12 2M-2 8L2 12\"/>",
      "<path class=\"ink\" d=\"M5 0V10\"/>", "<path class=\"ink\" d=\"M0 5H10M5 0V10\"/>",
      "<path class=\"ink\" d=\"M0 0L10 10M10 0L0 10\"/>",
    ]
    let patterns: [HTML] = strokes.enumerated().map { index, stroke in
      "<pattern id=\"fill\(index)\" width=\"10\" height=\"10\" patternUnits=\"userSpaceOnUse\">\(ground)\(stroke)</pattern>\n"
    }
    return
      "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\"><defs>\n\(patterns)</defs></svg>\n"
  }

  /// The value of an attribute `fill`.
  static func reference(_ index: Int) -> HTML { "url(#fill\(min(index, count - 1)))" }

  /// A sample beside a name.
  static func swatch(_ index: Int) -> HTML {
    """
    <svg class="swatch" aria-hidden="true" focusable="false"><rect width="100%" height="100%" fill="\(reference(index))"/></svg>
    """
  }
}
