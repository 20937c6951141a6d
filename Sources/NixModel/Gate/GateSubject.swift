/// What runs were about, as a gate tells subjects apart: an installable as it was recorded, for one platform.
public struct GateSubject: Hashable, Sendable {
  /// The recorded name: the whole reference, without credentials.
  public let name: String
  /// All that the record says of the installable, as it stands there. Two that differ in it are not the same,
  /// whatever their names are.
  public let record: String
  /// The platform that it was evaluated for; `nil` for what has none, such as a store path, and where no run came
  /// to evaluate it.
  public let system: String?

  /// A subject.
  public init(name: String, record: String, system: String?) {
    self.name = name
    self.record = record
    self.system = system
  }

  /// Where its attribute is from (``Installable/source``).
  public var source: String? { (try? Installable(parsing: name))?.source }

  /// Whether it is a store path, which no platform and no source could make another.
  public var isPath: Bool {
    if case .path? = try? Installable(parsing: name) { true } else { false }
  }
}

/// What a gate looks for in the evidence.
public enum GateTopic: Hashable, Sendable {
  /// Runs about this subject. A run that never came to evaluate it is about it on every platform.
  case subject(GateSubject)
  /// Runs about exactly these output paths, whatever they were called.
  case outputs(Set<StorePath>)
}

/// What a gate is asked about.
public enum GateQuestion: Hashable, Sendable {
  /// A name, by which the evidence knows it.
  case named(String)
  /// An installable that was evaluated for this answer.
  case evaluated(Target)
  /// An installable that could not be.
  case unresolved(UnresolvedTarget)

  /// As a person named it.
  public var name: String {
    switch self {
    case .named(let name): name
    case .evaluated(let target): target.installable.redacted.description
    case .unresolved(let target): target.installable.redacted.description
    }
  }
}

/// A name by which somebody asks for a target.
public struct GateName: Hashable, Sendable {
  /// As runs are recorded.
  public let text: String
  /// Whether it can be an attribute alone. A flake may call an attribute like any other flake, so a name that reads
  /// as a reference is nothing else.
  public let mayBeAttribute: Bool

  /// The name that somebody wrote.
  public init(_ text: String) {
    let marks = ["#", ":", "/"]
    mayBeAttribute =
      !marks.contains(where: text.contains) && ![".", "<", "~"].contains(where: text.hasPrefix)
    guard let hash = text.firstIndex(of: "#") else {
      self.text = text
      return
    }
    self.text = Installable.source(named: String(text[..<hash])) + text[hash...]
  }

  /// The attribute of `source` that is called so.
  init(_ attribute: String, of source: String) {
    text = "\(source)#\(attribute)"
    mayBeAttribute = false
  }
}
