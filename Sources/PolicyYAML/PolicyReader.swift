import Foundation
import NixModel
import Yams

/// Reads the values of a policy, and notes every error on the way, so that a person can mend the file in one go. The
/// file is quoted only where it can hold no secret.
struct PolicyReader {
  /// Something that is wrong in the file.
  struct Mistake: Hashable {
    let line: Int
    let text: String
  }

  private(set) var mistakes: [Mistake] = []

  mutating func complain(_ node: Node, _ text: String) {
    mistakes.append(Mistake(line: node.mark?.line ?? 1, text: text))
  }

  /// The keys and values of a mapping. A key that is not known is an error: a misspelt one would leave a rule out
  /// without a word.
  mutating func entries<Key: RawRepresentable<String> & CaseIterable>(
    of node: Node, _ keys: Key.Type, named section: String?
  ) -> [(key: Key, value: Node)] {
    guard let mapping = node.mapping else {
      complain(
        node,
        "\(section.map { "\($0):" } ?? "a policy") must have keys and values; its keys are \(list(keys))")
      return []
    }
    var entries: [(key: Key, value: Node)] = []
    for (name, value) in mapping {
      guard let text = name.text else {
        complain(name, "a key must be a single word; the keys are \(list(keys))")
        continue
      }
      guard let key = Key(rawValue: text) else {
        complain(name, unknown(text, keys, in: section))
        continue
      }
      entries.append((key, value))
    }
    return entries
  }

  private func unknown<Key: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ keys: Key.Type, in section: String?
  ) -> String {
    let place = section.map { " under \($0):" } ?? ""
    let start = "unknown key '\(name.excerpt)'\(place)"
    if section == nil, PolicyFile.GateSection.Key(rawValue: name) != nil {
      return "\(start); it belongs under gate:"
    }
    if section != nil, PolicyFile.Key(rawValue: name) != nil {
      return "\(start); it belongs at the top, not under \(section ?? ""):"
    }
    let guess = Suggestion.nearest(to: name, among: keys.allCases.map(\.rawValue))
    let question = guess.map { "; did you mean '\($0)'? The" } ?? "; the"
    return "\(start)\(question) keys\(place) are \(list(keys))"
  }

  private func list<Key: RawRepresentable<String> & CaseIterable>(_ keys: Key.Type) -> String {
    keys.allCases.map(\.rawValue).sorted().joined(separator: ", ")
  }

  // MARK: Values

  /// A single value that `parse` takes.
  mutating func value<Value>(
    _ node: Node, _ name: String, of kind: String, _ parse: (String) -> Value?
  ) -> Value? {
    guard let text = node.text else {
      complain(node, "\(name) must be \(kind)")
      return nil
    }
    guard let value = parse(text) else {
      complain(node, "\(name) is '\(text.excerpt)', and must be \(kind)")
      return nil
    }
    return value
  }

  /// A flag.
  mutating func flag(_ node: Node, _ name: String) -> Bool? {
    value(node, name, of: "true or false") { ["true": true, "false": false][$0] }
  }

  /// A length of time.
  mutating func span(_ node: Node, _ name: String) -> TimeSpan? {
    value(node, name, of: "a duration such as 30m, 24h or 7d") { TimeSpan(parsing: $0) }
  }

  /// A list of texts.
  mutating func texts(_ node: Node, _ name: String, such example: String) -> [String] {
    elements(node, name, such: example) { $0 }
  }

  /// A list of patterns for derivation names.
  mutating func globs(_ node: Node, _ name: String) -> [DerivationGlob] {
    elements(node, name, such: "[\"vm-test-run-*\"]") { try DerivationGlob(parsing: $0) }
  }

  /// A list of assertions that a means of writing only reads.
  mutating func assertions(_ node: Node, _ name: String) -> [ReadOnlyAssertion] {
    elements(node, name, such: "[\"netrc-password@/etc/nix/netrc\"]") { try ReadOnlyAssertion(parsing: $0) }
  }

  /// A list of addresses of caches.
  mutating func addresses(_ node: Node, _ name: String) -> [SubstituterURL] {
    elements(node, name, such: "[https://cache.example.org/main]") { text in
      try SubstituterURL(parsing: text)
    }
  }

  /// A list of public keys.
  mutating func keys(_ node: Node, _ name: String) -> [PublicKey] {
    elements(node, name, such: "[\"main-1:…\"], as Nix writes public keys") { text in
      try PublicKey(parsing: text)
    }
  }

  /// The source of an attribute.
  mutating func source(_ node: Node, _ name: String) -> String? {
    value(node, name, of: "where attributes are from, such as github:NixOS/nixpkgs/nixos-unstable") { text in
      text.contains("#") ? nil : Installable.source(named: text)
    }
  }

  /// A list of platforms.
  mutating func systems(_ node: Node, _ name: String) -> [String] {
    texts(node, name, such: "[x86_64-linux]")
  }

  /// A list says something: an empty one would leave its rule out, without a word.
  private mutating func elements<Value>(
    _ node: Node, _ name: String, such example: String, _ parse: (String) throws -> Value
  ) -> [Value] {
    guard let sequence = node.sequence else {
      complain(
        node,
        node.isNothing
          ? "\(name) has nothing behind it, which demands nothing; name one, such as \(example), or leave the key out"
          : "\(name) must be a list, such as \(example)")
      return []
    }
    if sequence.isEmpty {
      complain(node, "\(name) is an empty list, which demands nothing; name one, or leave the key out")
    }
    var values: [Value] = []
    for element in sequence {
      guard let text = element.text else {
        complain(element, "\(name) must hold single texts, such as \(example)")
        continue
      }
      do { values.append(try parse(text)) } catch { complain(element, "\(name): \(error)") }
    }
    return values
  }
}

extension Node {
  /// Whether nothing stands behind the key.
  var isNothing: Bool {
    guard let scalar else { return false }
    return scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// A single text that says something.
  fileprivate var text: String? { isNothing ? nil : scalar.map(\.string).flatMap { $0.isEmpty ? nil : $0 } }
}

/// Why a text is not YAML.
enum YamlFlaw {
  /// The parser's own words and its line, without quoting that line, which may hold anything.
  static func phrase(_ error: any Error) -> String {
    guard let error = error as? YamlError else { return "\(error)" }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return "line \(mark.line): \(problem)"
    case .duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.map { "'\($0.excerpt)'" }.joined(separator: ", ")
      return "line \(context.mark.line): a key stands twice, and only one can hold: \(keys)"
    case .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem),
      .representer(let problem):
      return problem
    case .no, .memory, .dataCouldNotBeDecoded: return "it cannot be parsed"
    }
  }
}
