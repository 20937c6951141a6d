import NixModel

/// Reads the lines that a person sees (`raw`, `bar`, `nix-build`), of Nix since 2.3 and of Lix.
///
/// Any of them can be a builder's: with `-L` a builder's line is marked by its name (`qemu> …`), and with
/// `nix-build` not at all. So such lines inform, and prove nothing.
enum PlainText {
  /// The meaning of a line.
  struct Reading {
    /// The event that it tells, if any.
    var event: LogEvent.Kind?
    /// Whether only Nix writes such a line. Many programs print errors and warnings.
    var isSign = true
    /// Whether it tells of a copy or a build of something that is no store path.
    var isUnclear = false
    /// The address that is downloaded from (`-v`).
    var download: String?
  }

  /// Reads a line's content, without its prefix, escape sequences and line end; `nil` where it is not Nix's.
  static func read(_ text: UnsafeRawBufferPointer) -> Reading? {
    guard canBeOfNix(text) else { return nil }
    let content = String(decoding: text, as: UTF8.self)
    // Addresses are taken from the redacted line: a password may hold the quote that seems to end it.
    let shown = Redaction.redact(content)

    if content.hasPrefix("copying path '") { return copy(content, shown) }
    for marker in ["building ", "checking outputs of ", "repairing outputs of "]
    where content.hasPrefix(marker + "'") {
      return build(content, shown, marker)
    }
    if content.hasPrefix("resolved derivation: '") {
      guard let derivation = path(content.quoted(after: "resolved derivation: ")),
        let resolved = path(content.quoted(after: " => ") ?? content.quoted(after: " -> "))
      else { return nil }
      return Reading(event: .resolved(derivation: derivation, to: resolved))
    }
    let isError = content.hasPrefix("error: ") || content == "error:"
    if isError || content.hasPrefix("warning: ") {
      let complaint = Complaints.complaint(from: content, isError: isError, in: .any)
      return Reading(event: .complaint(complaint), isSign: Complaints.isOfNix(complaint))
    }
    // Nix 2.3 says this without the word "error", and so does every version where a cache answers for another path.
    if bareComplaints.contains(where: content.hasPrefix) {
      let complaint = Complaints.complaint(from: content, isError: true, in: .any)
      return complaint.subject == .error ? nil : Reading(event: .complaint(complaint))
    }
    return step(content, shown)
  }

  private static func path(_ text: Substring?) -> StorePath? { text.flatMap { KnownStores.any.path($0) } }

  private static func copy(_ content: String, _ shown: String) -> Reading? {
    guard let quoted = content.quoted(after: "copying path "), isEnded(content) else { return nil }
    guard let path = path(quoted) else { return quoted.hasPrefix("/") ? Reading(isUnclear: true) : nil }
    let from = shown.quoted(after: "' from ").map(String.init)
    let to = shown.quoted(after: "' to ").map(String.init)
    switch (from, to) {
    case (let from?, nil): return Reading(event: .copyStarted(path: path, from: from))
    case (let from, let to?):
      return Reading(event: .transferred(path: path, from: from ?? "local", to: to))
    case (nil, nil): return Reading(isUnclear: true)
    }
  }

  private static func build(_ content: String, _ shown: String, _ marker: String) -> Reading? {
    guard let quoted = content.quoted(after: marker), isEnded(content) else { return nil }
    guard let derivation = path(quoted), derivation.isDerivation else {
      return quoted.hasPrefix("/") ? Reading(isUnclear: true) : nil
    }
    // Lix says "building '….drv'on ssh://host" of a machine that it reaches by the older protocol.
    let lix = shown.firstRange(ofBytes: "'on ").map { shown[$0.upperBound...].dropLast(3) }
    if let machine = shown.quoted(after: "' on ") ?? lix {
      return Reading(event: .buildStartedRemotely(derivation: derivation, machine: String(machine)))
    }
    return Reading(event: .buildStarted(derivation: derivation))
  }

  /// Whether a line ends as Nix ends the announcement of an activity.
  private static func isEnded(_ content: String) -> Bool { content.hasSuffix("...") }

  private static let bareComplaints = [
    "file 'nar/", "unable to download '", "hash mismatch importing path '", "asked '", "builder for '",
  ]

  /// A line that announces a plan or a step: Nix's, and no event.
  private static func step(_ line: String, _ shown: String) -> Reading? {
    if line.hasPrefix("downloading '") {
      guard isEnded(line) else { return nil }
      return Reading(download: shown.quoted(after: "downloading ").map(String.init))
    }
    for step in ["querying info about '", "waiting for ", "running post-build-hook '"]
    where line.hasPrefix(step) {
      return isEnded(line) ? Reading(isSign: step.hasSuffix("'")) : nil
    }
    let rest = line.utf8.drop { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let number = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let beginning = Substring(line.utf8[..<rest.startIndex])
    let end = Substring(rest[number.endIndex...])
    let isPlan =
      switch beginning {
      // Nix 2.3 does not count them.
      case "this derivation will be built:", "these derivations will be built:": number.isEmpty
      case "these ":
        end == " derivations will be built:"
          || end.hasPrefix(" paths will be fetched (") && end.hasSuffix("):")
      case "copying ": end == " paths..."
      case "this path will be fetched (", "these paths will be fetched (": line.hasSuffix("):")
      default: line.hasPrefix("don't know how to build these paths")
      }
    return isPlan ? Reading() : nil
  }

  /// Whether a line can be Nix's at all. Most are compilers' output, and are passed over by their first bytes
  /// alone.
  @inline(__always)
  static func canBeOfNix(_ head: UnsafeRawBufferPointer) -> Bool {
    switch head.first {
    case UInt8(ascii: "a"): head.begins(with: "asked '")
    case UInt8(ascii: "b"): head.begins(with: "building '") || head.begins(with: "builder for '")
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
