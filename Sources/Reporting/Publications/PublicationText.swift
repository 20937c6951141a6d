public import NixModel

/// A publication for a person: its targets, their outcomes, and its faults.
public struct PublicationText: Sendable {
  private let publication: Publication

  /// How many paths of a kind, and faults, are listed before the rest is counted.
  private static let listed = 20

  /// The text of `publication`.
  public init(_ publication: Publication) { self.publication = publication }

  /// The text, ending with a newline.
  public func render(style: Style = .plain) -> String {
    var lines: [String] = []
    for target in publication.targets { lines += self.lines(of: target, style) }
    lines += faults(style)
    lines += lost(style)
    if !lines.isEmpty { lines.append("") }
    lines.append(Words.line(publication.counts.phrase))
    lines += places(style)
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(of target: PublishedTarget, _ style: Style) -> [String] {
    let time = target.milliseconds.map { " in \(Quantity.duration(milliseconds: Int(clamping: $0)))" } ?? ""
    let name = style.paint(Words.name(target.installable), .strong)
    var lines = ["\(style.paint(target.outcome.rawValue, target.outcome.role))  \(name)\(time)"]
    lines += target.outputs.map { "  \(Words.name($0.name))  \($0.path)" }
    if let failure = target.failure {
      lines.append(
        "  \(style.paint(failure.kind.rawValue, .bad)): \(Words.ended(Words.line(failure.message)))")
    }
    return lines
  }

  private func faults(_ style: Style) -> [String] {
    let faults = publication.faults
    guard !faults.isEmpty else { return [] }
    let lines = faults.prefix(Self.listed).map { fault in
      let code = style.paint(fault.code.rawValue, fault.isFatal ? .bad : .doubtful)
      let path = fault.path.map { "\($0): " } ?? ""
      // The last lines of a builder's log are lines here, too.
      let message = fault.message.split(whereSeparator: \.isNewline).map { Words.line(String($0)) }
        .filter { !$0.isEmpty }.joined(separator: "\n  ")
      return "\(code): \(path)\(Words.ended(Words.clipped(message, to: 5000)))"
    }
    return [""] + lines + rest(of: faults.count)
  }

  /// The paths that the cache does not have, as far as is known.
  private func lost(_ style: Style) -> [String] {
    let lost = publication.paths.filter {
      $0.isServed == false || [.filtered, .failed].contains($0.published)
    }
    guard !lost.isEmpty else { return [] }
    let lines = lost.prefix(Self.listed).map { path in
      let words = [path.published.rawValue, path.servedWord].compactMap(\.self).joined(separator: ", ")
      return "  \(path.path)  \(style.paint(words, .bad)) (\(path.role.rawValue))"
    }
    return ["", "not in the cache afterwards:"] + lines + rest(of: lost.count).map { "  \($0)" }
  }

  private func rest(of count: Int) -> [String] {
    count > Self.listed ? ["and \(count - Self.listed) more"] : []
  }

  private func places(_ style: Style) -> [String] {
    let head = publication.head
    func entry(_ label: String, _ text: String) -> String {
      "\(style.paint(label, .dim)) \(Words.line(text))"
    }
    let took = head.finished.map {
      ", in \(Quantity.duration(seconds: Instant.seconds(from: head.started, to: $0)))"
    }
    var lines = [
      "\(style.paint("publication \(head.id)", .dim)): \(style.paint(head.state.rawValue, head.state.role)), exit code \(head.exitCode), \(Instant.iso8601(head.started))\(took ?? "")"
    ]
    if let destination = head.destination { lines.append(entry("to", destination.phrase)) }
    lines.append(
      entry(
        "by",
        "\(head.program) on \(head.publisher.runner.place), Nix \(head.publisher.nix), \(head.publisher.system)"
      ))
    if let cgroup = publication.cgroup { lines.append(entry("used", cgroup.phrase)) }
    if let occasion = head.occasion { lines.append(entry("about", occasion.phrase)) }
    return lines
  }
}

extension PublicationDestination {
  /// `main (attic) at https://…, read at https://…`.
  package var phrase: String {
    let places = [server.map { "at \($0)" }, readSide.map { "read at \($0)" }].compactMap(\.self)
    return (["\(cache.map { "\($0) " } ?? "")(\(kind.rawValue))"] + places).joined(separator: ", ")
  }
}

extension CgroupFigures {
  /// `at most 1.2 GiB of memory (of 4.0 GiB), no process killed for want of it, at most 93 processes`.
  package var phrase: String {
    func limit(_ text: String?) -> String { text.map { " (of \($0))" } ?? "" }
    let parts = [
      memoryPeak.map { "at most \(Quantity.bytes($0)) of memory\(limit(memoryLimit.map(Quantity.bytes)))" },
      oomKills.map { "\($0) killed for want of memory" },
      pidsPeak.map { "at most \($0) processes\(limit(pidsLimit.map { "\($0)" }))" },
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }
}
