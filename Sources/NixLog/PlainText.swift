import NixModel

/// Reads the lines that a person sees (`raw`, `bar`, `nix-build`).
///
/// Any of them can be a builder's: with `-L` a builder's line is marked by its name (`qemu> …`), and with
/// `nix-build` not at all. So what comes of them informs and proves nothing.
struct PlainText: Sendable {
  private let directory: StoreDirectory

  init(directory: StoreDirectory) { self.directory = directory }

  /// Gives the line's event; answers whether the line is one that Nix prints.
  ///
  /// - Parameter text: the line behind its prefix.
  func read(_ text: UnsafeRawBufferPointer, at number: Int, _ body: (LogEvent) -> Void) -> Bool {
    guard LineHead.of(text, Self.canBeOfNix) else { return false }
    let content = Self.shown(text)
    // Addresses are taken from the redacted line: a password may hold the quote that seems to end it.
    let shown = Redaction.redact(content)
    func emit(_ kind: LogEvent.Kind) { body(LogEvent(line: number, kind: kind)) }
    func path(_ text: Substring?) -> StorePath? {
      text.flatMap { try? StorePath(parsing: $0, in: directory) }
    }

    if content.hasPrefix("copying path '"), let path = path(content.quoted(after: "copying path ")) {
      guard let from = shown.quoted(after: "' from ") else {
        emit(.transferred(path: path, from: "local", to: String(shown.quoted(after: "' to ") ?? "")))
        return true
      }
      let source = String(from)
      if let to = shown.quoted(after: "' to ") {
        emit(.transferred(path: path, from: source, to: String(to)))
      } else if source.hasPrefix("ssh://") || source.hasPrefix("ssh-ng://") {
        // A remote builder's result on its way back. Nobody substitutes from these without saying so.
        emit(.transferred(path: path, from: source, to: "local"))
      } else {
        emit(.copyStarted(path: path, from: source))
      }
      return true
    }
    for marker in ["building ", "checking outputs of ", "repairing outputs of "]
    where content.hasPrefix(marker + "'") {
      guard let derivation = path(content.quoted(after: marker)), derivation.isDerivation else {
        return false
      }
      if let machine = shown.quoted(after: "' on ") {
        emit(.buildStartedRemotely(derivation: derivation, machine: String(machine)))
      } else {
        emit(.buildStarted(derivation: derivation))
      }
      return true
    }
    if content.hasPrefix("resolved derivation: '"),
      let derivation = path(content.quoted(after: "resolved derivation: ")),
      let resolved = path(content.quoted(after: " => ") ?? content.quoted(after: " -> "))
    {
      emit(.resolved(derivation: derivation, to: resolved))
      return true
    }
    let isError = content.hasPrefix("error: ") || content == "error:"
    if isError || content.hasPrefix("warning: ") {
      emit(.complaint(Complaints.complaint(from: content, isError: isError, in: directory)))
      return true
    }
    // What Nix 2.3 says without the word "error", and every version where a cache answers for another path.
    if Self.bareComplaints.contains(where: content.hasPrefix) {
      let complaint = Complaints.complaint(from: content, isError: true, in: directory)
      if complaint.subject != .error { emit(.complaint(complaint)) }
      return complaint.subject != .error
    }
    return Self.isPlanOrStep(content)
  }

  private static let bareComplaints = [
    "file 'nar/", "unable to download '", "hash mismatch importing path '", "asked '",
  ]

  /// The text without escapes and what a carriage return overwrote.
  private static func shown(_ bytes: UnsafeRawBufferPointer) -> String {
    let text = EscapeSequences.stripped(bytes)
    guard let last = text.utf8.lastIndex(where: { $0 != 0x0D }) else { return "" }
    let trimmed = text.utf8[...last]
    guard let erasure = trimmed.lastIndex(of: 0x0D) else { return String(Substring(trimmed)) }
    return String(Substring(trimmed[erasure...].dropFirst()))
  }

  /// Whether a line announces a plan or a step: Nix's, and no event.
  private static func isPlanOrStep(_ line: String) -> Bool {
    let steps = ["downloading '", "querying info about '", "waiting for ", "running post-build-hook '"]
    if steps.contains(where: line.hasPrefix) { return line.hasSuffix("...") }
    let rest = line.utf8.drop { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let number = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let beginning = Substring(line.utf8[..<rest.startIndex])
    let end = Substring(rest[number.endIndex...])
    switch beginning {
    case "this derivation will be built:": return number.isEmpty
    case "these ":
      return end == " derivations will be built:"
        || end.hasPrefix(" paths will be fetched (") && end.hasSuffix("):")
    case "copying ": return end == " paths..."
    default:
      return line.hasPrefix("this path will be fetched (") && line.hasSuffix("):")
        || line.hasPrefix("don't know how to build these paths")
    }
  }

  /// Whether a line with this head can be Nix's at all. Most are compilers' output, and are passed over by
  /// their first bytes alone.
  private static func canBeOfNix(_ head: UnsafeRawBufferPointer) -> Bool {
    switch head.first {
    case UInt8(ascii: "a"): head.begins(with: "asked '")
    case UInt8(ascii: "b"): head.begins(with: "building '")
    case UInt8(ascii: "c"): head.begins(with: "copying ") || head.begins(with: "checking outputs of '")
    case UInt8(ascii: "d"): head.begins(with: "don't know how") || head.begins(with: "downloading '")
    case UInt8(ascii: "e"): head.begins(with: "error:")
    case UInt8(ascii: "f"): head.begins(with: "file 'nar/")
    case UInt8(ascii: "h"): head.begins(with: "hash mismatch importing path '")
    case UInt8(ascii: "q"): head.begins(with: "querying info about '")
    case UInt8(ascii: "r"):
      head.begins(with: "repairing outputs of '") || head.begins(with: "resolved derivation: '")
        || head.begins(with: "running post-build-hook '")
    case UInt8(ascii: "t"): head.begins(with: "these ") || head.begins(with: "this ")
    case UInt8(ascii: "u"): head.begins(with: "unable to download '")
    case UInt8(ascii: "w"): head.begins(with: "warning: ") || head.begins(with: "waiting for ")
    default: false
    }
  }
}
