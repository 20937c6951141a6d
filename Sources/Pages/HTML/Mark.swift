import NixModel

/// The answer of a record at a glance: a shape and a word, so that no colour is needed to tell them apart.
enum Mark: String, CaseIterable {
  /// A disc.
  case warm
  /// A crystal.
  case cold
  /// A circle, half of which is filled.
  case open

  init(_ verdict: Verdict) {
    switch verdict {
    case .warm: self = .warm
    case .cold: self = .cold
    case .inconclusive: self = .open
    }
  }

  init(_ state: PublicationState) {
    switch state {
    case .published: self = .warm
    case .failed: self = .cold
    case .built, .interrupted: self = .open
    }
  }

  init(_ build: BuildRecord) {
    switch build.end?.isSuccess {
    case true?: self = .warm
    case false?: self = .cold
    case nil: self = .open
    }
  }

  /// The shape. A word stands beside it wherever it is used, so that it says nothing to a screen reader.
  var shape: HTML {
    let drawing: HTML =
      switch self {
      case .warm: "<circle cx=\"12\" cy=\"12\" r=\"9\" fill=\"currentColor\"/>"
      case .cold:
        "<path d=\"M12 2v20M3.3 7l17.4 10M20.7 7L3.3 17\" stroke=\"currentColor\" stroke-width=\"3\" stroke-linecap=\"round\"/>"
      case .open:
        "<circle cx=\"12\" cy=\"12\" r=\"8.5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\"/><path d=\"M12 4a8 8 0 0 0 0 16z\" fill=\"currentColor\"/>"
      }
    return
      "<svg class=\"mark\" viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\">\(drawing)</svg>"
  }

  /// The shape and a word.
  func badge(_ word: String) -> HTML { "<span class=\"badge \(rawValue)\">\(shape)\(word)</span>" }
}
