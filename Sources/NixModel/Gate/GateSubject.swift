/// The subject of runs, as a gate tells subjects apart: an installable as it was recorded, for one platform.
public struct GateSubject: Hashable, Sendable {
  /// The recorded name: the whole reference, without credentials.
  public let name: String
  /// The whole record of the installable. Subjects with different records are different, even under one name.
  public let record: String
  /// The platform that it was evaluated for; `nil` for a store path, which has none, and where no run
  /// evaluated it.
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

/// The topic that a gate looks up in the evidence.
public enum GateTopic: Hashable, Sendable {
  /// Runs about this subject. A run that never came to evaluate it is about it on every platform.
  case subject(GateSubject)
  /// Runs about exactly these output paths, under any name.
  case outputs(Set<StorePath>)
}

/// A question to a gate.
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

/// A name that a question uses for a target.
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
