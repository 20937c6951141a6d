import NixModel

/// The value that Nix evaluates attributes of: several that have one root are evaluated by one process.
enum EvaluationRoot: Hashable {
  /// All outputs of a flake.
  case flake(String, EvaluationFlags)
  /// A Nix file or an expression.
  case value(Installable.Root, EvaluationFlags)
  /// The installable itself.
  case itself(Installable)

  /// The arguments of `nix eval` that name it.
  var arguments: [String] {
    // A proof changes nothing in a checkout: an input that is not locked is resolved, and not written.
    switch self {
    case .flake(let reference, let flags): ["--no-write-lock-file", "\(reference)#."] + flags.arguments
    case .value(.file(let file), let flags): ["-f", file] + flags.arguments
    case .value(.expression(let expression), let flags): ["--expr", expression] + flags.arguments
    case .itself(let installable):
      ["--no-write-lock-file"] + installable.plain.withoutOutputs.words + installable.flags.arguments
    }
  }

  /// The flags that its functions are called by, where Nix calls functions along an attribute path: not in flakes.
  var callingFlags: EvaluationFlags? {
    switch self {
    case .flake: nil
    case .value(_, let flags): flags
    case .itself(let installable):
      if case .flake = installable.plain { nil } else { installable.flags }
    }
  }
}

/// An attribute to evaluate.
struct EvaluationItem {
  /// As it is named, or would be.
  let installable: Installable
  /// Its place among all: positions of the named one and of those in it.
  let position: [Int]
  /// The value that ``path`` begins at.
  let root: EvaluationRoot
  /// The names from the root to it; empty for the root itself.
  let path: [String]
  /// Whether a person named it: then a set is taken apart, whatever it says.
  let isNamed: Bool
  /// Whether an error was thrown in it already, when it was evaluated with others.
  var isKnownToThrow = false

  /// - Parameter sharesFlakes: whether Nix gives all outputs of a flake at once (`FLAKE#.`).
  init(_ installable: Installable, at position: Int, sharingFlakes sharesFlakes: Bool) {
    self.installable = installable
    self.position = [position]
    isNamed = true
    let flags = installable.flags
    switch installable.plain {
    case .flake(let reference, let attribute, _):
      let path = Self.names(in: attribute)
      (root, self.path) =
        sharesFlakes && path?.isEmpty == false
        ? (.flake(reference, flags), path ?? []) : (.itself(installable), [])
    case .file(let file, let attribute, _):
      let path = Self.names(in: attribute)
      (root, self.path) = path.map { (.value(.file(file), flags), $0) } ?? (.itself(installable), [])
    case .expression(let text, let attribute, _):
      let path = Self.names(in: attribute)
      (root, self.path) = path.map { (.value(.expression(text), flags), $0) } ?? (.itself(installable), [])
    case .derivation, .path, .flagged: (root, path) = (.itself(installable), [])
    }
  }

  private init(_ names: [String], in other: EvaluationItem, at position: [Int]) {
    installable = other.installable.entering(names)
    self.position = other.position + position
    root = other.root
    path = other.path + names
    isNamed = false
  }

  /// The attribute `names` in it.
  func attribute(_ names: [String], at position: Int) -> EvaluationItem {
    EvaluationItem(names, in: self, at: [position])
  }

  /// The item, evaluated on its own as Nix itself would. Then Nix's own words tell what is wrong with it.
  var alone: EvaluationItem { EvaluationItem(itself: self) }

  private init(itself other: EvaluationItem) {
    installable = other.installable
    position = other.position
    root = .itself(other.installable)
    path = []
    isNamed = other.isNamed
    isKnownToThrow = other.isKnownToThrow
  }

  /// The names of an attribute path that needs no quoting; `nil` of any other.
  private static func names(in attribute: String) -> [String]? {
    guard !attribute.isEmpty else { return [] }
    guard
      attribute.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_'+-]*(?:\.[A-Za-z_][A-Za-z0-9_'+-]*)*/) != nil
    else { return nil }
    return attribute.split(separator: ".").map(String.init)
  }
}

extension Installable {
  /// The attribute `names` in its attribute.
  fileprivate func entering(_ names: [String]) -> Installable {
    let more = names.map { name in
      let isPlain = !name.isEmpty && !name.contains { ".\"#^ ".contains($0) }
      return isPlain ? name : "\"\(name)\""
    }
    func entered(_ attribute: String) -> String {
      ((attribute.isEmpty ? [] : [attribute]) + more).joined(separator: ".")
    }
    switch self {
    case .flake(let reference, let attribute, let outputs):
      return .flake(reference: reference, attribute: entered(attribute), outputs: outputs)
    case .file(let file, let attribute, let outputs):
      return .file(file, attribute: entered(attribute), outputs: outputs)
    case .expression(let text, let attribute, let outputs):
      return .expression(text, attribute: entered(attribute), outputs: outputs)
    case .flagged(let installable, let flags):
      return installable.entering(names).evaluated(by: flags)
    case .derivation, .path: return self
    }
  }
}
