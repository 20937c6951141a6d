public import NixModel

/// `classify` on a terminal: the events of a log, and a line of counts.
public struct ClassificationText: Sendable {
  private let log: ClassifiedLog

  /// The text of `log`.
  public init(_ log: ClassifiedLog) { self.log = log }

  /// The events as a table, cut to `width` columns where one is given, and the counts.
  public func render(width: Int? = nil, style: Style = .plain) -> String {
    var text = ""
    render(width: width, style: style) { text += $0 + "\n" }
    return text
  }

  /// The same, line by line, without newlines: a log can name any number of paths.
  public func render(width: Int? = nil, style: Style = .plain, _ emit: (String) -> Void) {
    if !log.events.isEmpty {
      table.render(width: width, style: style, emit)
      emit("")
    }
    emit(counts)
    for note in notes { emit(note) }
    if let caveat { emit(caveat) }
  }

  private var table: Table {
    Table(
      columns: [
        .init(title: "line", alignment: .right), .init(title: "event"),
        .init(title: "path", minimum: 24, cut: .middle), .init(title: "where", minimum: 16),
      ],
      rows: log.events.lazy.map(row))
  }

  private func row(_ event: ClassifiedLog.Event) -> [Table.Cell] {
    switch event {
    case .copy(let path, let from, let line):
      ["\(line)", .init("copied", .good), "\(path)", "from \(from)"]
    case .build(let derivation, nil, let line):
      ["\(line)", .init("built", .bad), "\(derivation)", "on this machine"]
    case .build(let derivation, let machine?, let line):
      ["\(line)", .init("built", .bad), "\(derivation)", "on \(machine)"]
    case .failure(let path, let message, let line):
      ["\(line)", .init("failed", .bad), "\(path.map { "\($0)" } ?? "")", "\(Words.line(message))"]
    }
  }

  private var counts: String {
    "\(log.copied) copied, " + (log.failedCopies > 0 ? "\(log.failedCopies) failed to arrive, " : "")
      + "\(log.built) built here, "
      + "\(log.builtRemotely) built remotely; \(Words.count(log.lines, "line")), "
      + "\(Quantity.bytes(UInt64(max(0, log.bytes)))), \(log.format.rawValue)"
  }

  /// Notes on lines that are not counted, because silence would mean that there are none.
  private var notes: [String] {
    var notes: [String] = []
    if log.unclear > 0 {
      notes.append(
        "\(Words.count(log.unclear, "line")) with Nix's words not counted: the path is none, or the line is "
          + "not this log's Nix's (behind another prefix, or among records).")
    }
    if log.unreadable > 0 {
      notes.append(
        "\(Words.count(log.unreadable, "record")) damaged: what they said is missing from the counts.")
    }
    if log.isInconclusive {
      notes.append("Inconclusive: nothing in this log that was understood says what Nix did.")
    }
    return notes
  }

  /// The limit of such a log.
  private var caveat: String? {
    switch log.format {
    case .internalJSON: nil
    case .human: "A builder can print lines like these: such a log informs, and never proves."
    }
  }
}
