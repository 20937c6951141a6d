import NixModel

/// Whether text is coloured. The caller chooses; nothing in this room looks at a terminal.
public enum Style: Hashable, Sendable, CaseIterable {
  /// As it is.
  case plain
  /// With the escapes of a terminal.
  case ansi

  /// The role of a piece of text.
  enum Role {
    case plain
    case strong
    case dim
    case good
    case bad
    case doubtful
  }

  func paint(_ text: String, _ role: Role) -> String {
    switch self {
    case .plain: text
    case .ansi:
      switch role {
      case .plain: text
      case .strong: "\u{1B}[1m\(text)\u{1B}[0m"
      case .dim: "\u{1B}[2m\(text)\u{1B}[0m"
      case .good: "\u{1B}[1;32m\(text)\u{1B}[0m"
      case .bad: "\u{1B}[1;31m\(text)\u{1B}[0m"
      case .doubtful: "\u{1B}[1;33m\(text)\u{1B}[0m"
      }
    }
  }

  /// Lines of a report under a short label, which stands before the first of them.
  func entry(_ label: String, _ texts: [String]) -> [String] {
    let padding = String(repeating: " ", count: max(0, 4 - label.count))
    return texts.enumerated().map { index, text in
      "  \(index == 0 ? paint(label, .dim) + padding : "    ")  \(text)"
    }
  }

  func paint(_ verdict: Verdict) -> String { paint(verdict.rawValue, verdict.role) }
}

extension [String] {
  /// At most eight lines: of a longer list the first seven, and how many more there are.
  var limited: [String] { count > 8 ? prefix(7) + ["and \(count - 7) more"] : self }
}

extension Verdict {
  var role: Style.Role {
    switch self {
    case .warm: .good
    case .cold: .bad
    case .inconclusive: .doubtful
    }
  }
}
