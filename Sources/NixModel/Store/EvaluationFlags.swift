/// Options of Nix that bear on an evaluation, beside the installable: they can make another derivation of the same
/// attribute. So they are a part of a target's name.
///
/// Their notation is that of Nix's own command line, and so is their meaning (`src/libcmd/common-eval-args.cc`,
/// `src/libcmd/installables.cc`).
public struct EvaluationFlags: Hashable, Sendable {
  /// In the order in which they are given.
  public private(set) var flags: [Flag]

  /// One of them, with its values.
  public struct Flag: Hashable, Sendable {
    /// Which it is.
    public let name: Name
    /// As many as ``Name/values`` says.
    public let values: [String]
  }

  /// The options by their names.
  public enum Name: String, Hashable, Sendable, CaseIterable {
    case impure = "--impure"
    case argument = "--arg"
    case string = "--argstr"
    case include = "-I"
    case overrideInput = "--override-input"
    case inputsFrom = "--inputs-from"
    case noUpdateLockFile = "--no-update-lock-file"
    case noRegistries = "--no-registries"
    case system = "--system"
    case option = "--option"

    /// How many values it takes.
    public var values: Int {
      switch self {
      case .impure, .noUpdateLockFile, .noRegistries: 0
      case .include, .inputsFrom, .system: 1
      case .argument, .string, .overrideInput, .option: 2
      }
    }
  }

  /// No flags.
  public static let none = EvaluationFlags()

  private init() { flags = [] }

  /// Flags, each with its values.
  ///
  /// - Throws: ``EvaluationFlagError`` where there are too many values or too few, where a name is empty, or where one
  ///   has a control character in it: a line's end would begin another setting.
  public init(_ given: some Sequence<(name: Name, values: [String])>) throws(EvaluationFlagError) {
    flags = []
    for (name, values) in given {
      guard values.count == name.values else { throw EvaluationFlagError(name: name, flaw: .values) }
      if name.values > 0, values[0].isEmpty { throw EvaluationFlagError(name: name, flaw: .empty) }
      // An expression may have lines; a setting is one.
      let isSetting = name == .option || name == .system
      guard
        values.allSatisfy({
          $0.utf8.allSatisfy { byte in
            (byte >= 0x20 || !isSetting && (byte == 0x0A || byte == 0x09)) && byte != 0x7F
          }
        })
      else { throw EvaluationFlagError(name: name, flaw: .controlCharacter) }
      flags.append(Flag(name: name, values: values))
    }
  }

  /// Whether there are none.
  public var isEmpty: Bool { flags.isEmpty }

  /// Lines of Nix's configuration: the settings among them, by name.
  public var settings: [(name: String, value: String)] {
    flags.compactMap { flag in
      switch flag.name {
      case .option: (flag.values[0], flag.values[1])
      case .system: ("system", flag.values[0])
      case .impure, .argument, .string, .include, .overrideInput, .inputsFrom, .noUpdateLockFile,
        .noRegistries:
        nil
      }
    }
  }

  /// The arguments for Nix: those that are no settings.
  public var arguments: [String] {
    flags.filter { $0.name != .option && $0.name != .system }.flatMap(\.words)
  }

  /// The values of `--arg` and `--argstr` as an attribute set, by which a function of a Nix file is called.
  public var automaticArguments: String {
    var bindings: [String] = []
    for flag in flags {
      switch flag.name {
      case .argument: bindings.append("\(Self.string(flag.values[0])) = (\(flag.values[1])\n);")
      case .string: bindings.append("\(Self.string(flag.values[0])) = \(Self.string(flag.values[1]));")
      case .impure, .include, .overrideInput, .inputsFrom, .noUpdateLockFile, .noRegistries, .system, .option:
        break
      }
    }
    return "{ \(bindings.joined(separator: " ")) }"
  }

  /// A text as a string of Nix's language.
  public static func string(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
      "${", with: "\\${")
    return "\"\(escaped)\""
  }

  /// The same without credentials: in addresses, known ones, and the values of names that say that they are secret.
  public var redacted: EvaluationFlags {
    var other = self
    other.flags = flags.map { flag in
      guard let secret = flag.secret else {
        return Flag(name: flag.name, values: flag.values.map { Redaction.redact($0) })
      }
      return Flag(name: flag.name, values: flag.values.dropLast() + [secret.isEmpty ? "" : Redaction.mark])
    }
    return other
  }

  /// The values that are secret by their names: nothing that writes, prints or sends may tell them.
  public var secrets: [String] { flags.compactMap(\.secret).filter { !$0.isEmpty } }

  /// The flag that would give a known secret to Nix as an argument, which every user of the machine can read.
  public var exposing: Name? {
    flags.first { flag in
      flag.name != .option && flag.secret == nil && flag.values.contains { Redaction.holdsKnown($0) }
    }?.name
  }
}

extension EvaluationFlags.Flag {
  /// As on a command line.
  public var words: [String] { [name.rawValue] + values }

  /// Its value, where its name says that it is secret.
  fileprivate var secret: String? {
    switch name {
    case .string, .argument, .option:
      let about = values[0].lowercased()
      let signs = ["token", "secret", "password", "passwd", "passphrase", "credential", "apikey", "api-key"]
      // The names of files are none; `secret-key-files` has them.
      return signs.contains(where: about.contains) && !about.hasSuffix("-files") ? values[1] : nil
    case .impure, .include, .overrideInput, .inputsFrom, .noUpdateLockFile, .noRegistries, .system:
      return nil
    }
  }
}

extension EvaluationFlags: CustomStringConvertible {
  public var description: String { flags.flatMap(\.words).map(\.shellWord).joined(separator: " ") }
}

extension EvaluationFlags: Codable {
  public init(from decoder: any Decoder) throws {
    let lists = try [[String]](from: decoder)
    try self.init(
      lists.map { words in
        guard let name = words.first.flatMap({ Name(rawValue: $0) }) else {
          throw EvaluationFlagError(name: nil, flaw: .values)
        }
        return (name, Array(words.dropFirst()))
      })
  }

  public func encode(to encoder: any Encoder) throws { try flags.map(\.words).encode(to: encoder) }
}

/// Why something is no flag of an evaluation.
public struct EvaluationFlagError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Which flag; `nil` where there is none of that name.
  public let name: EvaluationFlags.Name?
  /// The flaw.
  public let flaw: Flaw

  /// The ways in which it is none.
  public enum Flaw: Hashable, Sendable {
    /// It has too many values or too few.
    case values
    /// Its first value is empty.
    case empty
    /// It has a control character in it.
    case controlCharacter
  }

  public var description: String {
    let name = name?.rawValue ?? "a flag"
    return switch flaw {
    case .values: "\(name) does not have the values that it takes"
    case .empty: "\(name) needs a value that is not empty"
    case .controlCharacter: "a value of \(name) has a control character in it, such as a line's end"
    }
  }
}
