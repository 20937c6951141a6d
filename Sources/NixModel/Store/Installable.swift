/// The subject of a proof as a person names it: an attribute of a flake or a file, a derivation, or a store
/// path, with the chosen outputs.
///
/// A `^` after it chooses outputs (`nixpkgs#libguestfs^out,dev`, `…^*`) with every version of Nix: older ones
/// do not know the notation, so it is taken off before Nix sees the rest.
public enum Installable: Hashable, Sendable, Codable {
  /// An attribute of a flake (`nixpkgs#qemu_kvm`; an empty attribute is the flake's default package).
  case flake(reference: String, attribute: String, outputs: OutputSelection)
  /// An attribute of a Nix file (`-f FILE ATTR`); an empty one is all of it.
  case file(String, attribute: String, outputs: OutputSelection)
  /// An attribute of an expression (`--expr E ATTR`); an empty one is all of it.
  case expression(String, attribute: String, outputs: OutputSelection)
  /// A derivation in the store.
  case derivation(StorePath, outputs: OutputSelection)
  /// A store path, to be substituted as it is.
  case path(StorePath)
  /// An installable that is evaluated by these flags, which may make something else of it.
  indirect case flagged(Installable, by: EvaluationFlags)

  /// The root that attributes are of, where they are of no flake.
  public enum Root: Hashable, Sendable {
    /// A Nix file.
    case file(String)
    /// An expression.
    case expression(String)
  }

  /// Parses an installable of the command line.
  ///
  /// - Parameter root: the root that attributes are of (`-f`, `--expr`); without it, attributes are of flakes.
  /// - Throws: ``InstallableError`` where `text` is empty, or a malformed store path or output list.
  public init(parsing text: String, of root: Root? = nil) throws(InstallableError) {
    // Nix would end its argument at a NUL, and prove something else than is recorded.
    guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw InstallableError(text: text, flaw: .controlCharacter)
    }
    let (base, outputs) = try OutputSelection.split(text)
    guard !base.isEmpty || root != nil else { throw InstallableError(text: text, flaw: .empty) }
    let hash = base.utf8.firstIndex(of: UInt8(ascii: "#"))
    if hash == nil, base.utf8.starts(with: "\(StoreDirectory.standard.path)/".utf8) {
      let path: StorePath
      do { path = try StorePath(parsing: base) } catch {
        throw InstallableError(text: text, flaw: .storePath(error))
      }
      if path.isDerivation {
        // A derivation names no default; all of its outputs are meant where none is chosen.
        self = .derivation(path, outputs: outputs == .selected ? .all : outputs)
      } else if outputs == .selected {
        self = .path(path)
      } else {
        throw InstallableError(text: text, flaw: .outputsOfAPath)
      }
    } else if let root {
      switch root {
      case .file(let file):
        self = .file(Self.unmistakable(file, isFlake: false), attribute: base, outputs: outputs)
      case .expression(let expression):
        self = .expression(expression, attribute: base, outputs: outputs)
      }
    } else {
      let reference = String(Substring(base.utf8[..<(hash ?? base.endIndex)]))
      let attribute = hash.map { String(Substring(base.utf8[$0...].dropFirst())) }
      self = .flake(
        reference: reference.isEmpty ? "." : Self.unmistakable(reference, isFlake: true),
        attribute: attribute ?? "", outputs: outputs)
    }
  }

  /// The source of the attribute: a flake's reference without credentials, or the name of a Nix file; `nil`
  /// for a derivation or a path in the store.
  public var source: String? {
    switch redacted {
    case .flake(let reference, _, _): reference
    case .file(let file, _, _): Self.label(ofFile: file)
    case .expression(let expression, _, _): Self.label(ofExpression: expression)
    case .flagged(let installable, _): installable.source
    case .derivation, .path: nil
    }
  }

  /// The same, evaluated by `flags`, as far as it is evaluated.
  public func evaluated(by flags: EvaluationFlags) -> Installable {
    needsEvaluation && !flags.isEmpty ? .flagged(plain, by: flags) : self
  }

  /// The same without flags.
  public var plain: Installable {
    if case .flagged(let installable, _) = self { installable } else { self }
  }

  /// The flags that it is evaluated by.
  public var flags: EvaluationFlags {
    if case .flagged(_, let flags) = self { flags } else { .none }
  }

  /// Whether it is an attribute of `set`, which was taken apart.
  public func isAttribute(of set: Installable) -> Bool {
    guard let own = attribute, let name = set.withoutOutputs.attribute, source == set.source,
      flags == set.flags, outputs == set.outputs
    else { return false }
    return name.isEmpty || own.hasPrefix("\(name).")
  }

  /// The attribute with its outputs, by which the same target of two sources is known.
  public var attribute: String? {
    switch self {
    case .flake(_, let attribute, let outputs), .file(_, let attribute, let outputs),
      .expression(_, let attribute, let outputs):
      attribute + outputs.suffix
    case .flagged(let installable, _): installable.attribute
    case .derivation, .path: nil
    }
  }

  /// The same with the outputs that evaluation selects.
  public var withoutOutputs: Installable {
    switch self {
    case .flake(let reference, let attribute, _):
      .flake(reference: reference, attribute: attribute, outputs: .selected)
    case .file(let file, let attribute, _): .file(file, attribute: attribute, outputs: .selected)
    case .expression(let text, let attribute, _):
      .expression(text, attribute: attribute, outputs: .selected)
    case .derivation(let path, _): .derivation(path, outputs: .selected)
    case .flagged(let installable, let flags): .flagged(installable.withoutOutputs, by: flags)
    case .path: self
    }
  }

  /// The words that name it on a command line.
  public var words: [String] {
    switch self {
    case .flake, .derivation, .path: [description]
    case .file(let file, _, _): ["-f", file] + [attribute ?? ""].filter { !$0.isEmpty }
    case .expression(let expression, _, _):
      ["--expr", expression] + [attribute ?? ""].filter { !$0.isEmpty }
    case .flagged(let installable, let flags): installable.words + flags.flags.flatMap(\.words)
    }
  }

  /// A source as it is recorded: a path of this machine never reads as a URL, or as a name in a registry.
  public static func source(named text: String) -> String {
    Redaction.redact(unmistakable(text, isFlake: true))
  }

  /// An unmistakable name. A directory can have any name, that of a flake too, so a relative name of a file
  /// begins with a dot.
  private static func unmistakable(_ name: String, isFlake: Bool) -> String {
    // `<nixpkgs>` is looked up in Nix's own path.
    guard !name.isEmpty, !["/", ".", "~", "<", "-f ", "--expr "].contains(where: name.hasPrefix) else {
      return name
    }
    let isNamed = isFlake ? name.contains(":") || isRegistered(name) : isAddress(name)
    return isNamed ? name : "./\(name)"
  }

  /// Whether `-f` takes `file` for an address, from which it fetches the file.
  private static func isAddress(_ file: String) -> Bool {
    ["http://", "https://", "file://", "channel:", "flake:"].contains { file.hasPrefix($0) }
  }

  /// A file as it is shown: one that is fetched from an address is not the flake that is there.
  private static func label(ofFile file: String) -> String { isAddress(file) ? "-f \(file)" : file }

  /// An expression as it is shown.
  private static func label(ofExpression expression: String) -> String { "--expr \(expression.shellWord)" }

  /// Whether Nix looks for `name` in a registry: `nixpkgs`, `nixpkgs/nixos-unstable`.
  private static func isRegistered(_ name: String) -> Bool {
    let first = name.utf8.prefix { $0 != UInt8(ascii: "/") }
    let isLetter = { (byte: UInt8) in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    return first.first.map(isLetter) == true
      && first.allSatisfy {
        isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
          || $0 == UInt8(ascii: "_")
      }
  }

  /// The outputs that were chosen; a store path is its own only output.
  public var outputs: OutputSelection {
    switch self {
    case .flake(_, _, let outputs), .file(_, _, let outputs), .expression(_, _, let outputs),
      .derivation(_, let outputs):
      outputs
    case .flagged(let installable, _): installable.outputs
    case .path: .selected
    }
  }

  /// Whether Nix has to evaluate code to know the derivation.
  public var needsEvaluation: Bool {
    switch self {
    case .flake, .file, .expression, .flagged: true
    case .derivation, .path: false
    }
  }

  /// The same without credentials: a flake reference can hold a token, and an attribute any known secret.
  public var redacted: Installable {
    switch self {
    case .flake(let reference, let attribute, let outputs):
      .flake(
        reference: Redaction.redact(reference), attribute: Redaction.withoutKnown(attribute), outputs: outputs
      )
    case .file(let file, let attribute, let outputs):
      .file(
        Redaction.withoutKnown(file), attribute: Redaction.withoutKnown(attribute), outputs: outputs)
    case .expression(let expression, let attribute, let outputs):
      .expression(
        Redaction.redact(expression), attribute: Redaction.withoutKnown(attribute), outputs: outputs)
    case .flagged(let installable, let flags): .flagged(installable.redacted, by: flags.redacted)
    case .derivation, .path: self
    }
  }

  /// The attribute and its outputs, by which the same target of two revisions is known; all of it where it has none.
  public var withoutSource: String { attribute ?? description }

  /// Whether `text`, as an operator names a target, means this one: the whole installable, or the
  /// attribute alone.
  public func isNamed(_ text: String) -> Bool { description == text || attribute == text }
}

extension Installable: CustomStringConvertible {
  public var description: String {
    switch self {
    case .flake(let reference, "", let outputs): reference + outputs.suffix
    case .flake(let reference, let attribute, let outputs): "\(reference)#\(attribute)\(outputs.suffix)"
    case .file(let file, let attribute, let outputs):
      "\(Self.label(ofFile: file))#\(attribute)\(outputs.suffix)"
    case .expression(let expression, let attribute, let outputs):
      "\(Self.label(ofExpression: expression))#\(attribute)\(outputs.suffix)"
    case .flagged(let installable, let flags): "\(installable) \(flags)"
    case .derivation(let path, let outputs): "\(path)\(outputs.suffix)"
    case .path(let path): "\(path)"
    }
  }
}

/// Which outputs of a derivation a target is about.
public enum OutputSelection: Hashable, Sendable, Codable {
  /// Those that evaluation selects: `meta.outputsToInstall`, else all.
  case selected
  /// All of them (`^*`).
  case all
  /// Those named (`^out,dev`), in that order.
  case named([String])

  /// The notation for it: empty, `^*` or `^out,dev`.
  public var suffix: String {
    switch self {
    case .selected: ""
    case .all: "^*"
    case .named(let names): "^" + names.joined(separator: ",")
    }
  }

  fileprivate static func split(_ text: String) throws(InstallableError) -> (String, OutputSelection) {
    guard let caret = text.utf8.lastIndex(of: UInt8(ascii: "^")) else { return (text, .selected) }
    let base = String(Substring(text.utf8[..<caret]))
    let list = text.utf8[caret...].dropFirst()
    if list.elementsEqual("*".utf8) { return (base, .all) }
    let names = list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard names.allSatisfy({ !$0.isEmpty && $0.allSatisfy(StorePath.isNameByte) }) else {
      throw InstallableError(text: text, flaw: .outputs)
    }
    return (base, .named(names.map { String(Substring($0)) }.unique))
  }
}

/// Why a text is no installable.
public struct InstallableError: Error, Hashable, Sendable {
  /// An excerpt of the text that could not be parsed.
  public let text: String
  /// The flaw.
  public let flaw: Flaw

  init(text: String, flaw: Flaw) {
    self.text = text.excerpt
    self.flaw = flaw
  }

  /// The ways in which a text fails to be an installable.
  public enum Flaw: Hashable, Sendable {
    /// There is nothing there.
    case empty
    /// It has a control character in it, such as a line's end.
    case controlCharacter
    /// It begins like a store path and is not valid as one.
    case storePath(StorePathError)
    /// The text after `^` is neither `*` nor a list of output names.
    case outputs
    /// A store path has no outputs to choose from.
    case outputsOfAPath
  }
}

extension InstallableError: CustomStringConvertible {
  public var description: String {
    switch flaw {
    case .empty: "an installable is empty: name an attribute such as nixpkgs#libguestfs"
    case .controlCharacter:
      "'\(text.excerpt)' has a control character in it, such as a line's end, and so is no installable"
    case .storePath(let error): error.description
    case .outputs: "'\(text)' chooses no outputs: after '^' stands '*' or names such as out,dev"
    case .outputsOfAPath:
      "'\(text)' chooses outputs of a store path; only a derivation (….drv^out) or an attribute has outputs"
    }
  }
}
