public import NixModel

/// `classify` on a terminal: what a log says, event by event, and a line of counts.
public struct ClassificationText: Sendable {
  private let classification: Classification

  /// The text of `classification`.
  public init(_ classification: Classification) { self.classification = classification }

  /// The events as a table, cut to `width` columns where one is given, and the counts.
  public func render(width: Int? = nil, style: Style = .plain) -> String {
    let table = Table(
      columns: [
        .init(title: "line", alignment: .right), .init(title: "event"), .init(title: "path", minimum: 24),
        .init(title: "where", minimum: 16),
      ],
      rows: classification.events.map(row))
    let lines = classification.events.isEmpty ? [] : table.render(width: width, style: style) + [""]
    return (lines + [counts] + caveat).joined(separator: "\n") + "\n"
  }

  private func row(_ event: Classification.Event) -> [Table.Cell] {
    switch event {
    case .copy(let path, let from, let line):
      ["\(line)", .init("copied", .good), "\(path)", "from \(from)"]
    case .build(let derivation, nil, let line):
      ["\(line)", .init("built", .bad), "\(derivation)", "on this machine"]
    case .build(let derivation, let machine?, let line):
      ["\(line)", .init("built", .bad), "\(derivation)", "on \(machine)"]
    }
  }

  private var counts: String {
    "\(classification.copied) copied, \(classification.built) built here, "
      + "\(classification.builtRemotely) built remotely; \(Words.count(classification.lines, "line")), "
      + "\(Quantity.bytes(UInt64(max(0, classification.bytes)))), \(classification.format.rawValue)"
  }

  /// What such a log cannot say.
  private var caveat: [String] {
    switch classification.format {
    case .internalJSON: []
    case .human: ["A builder can print lines like these: such a log informs, and never proves."]
    }
  }
}
