/// Why the path of an output is known only once it was built. Nothing can be asked of a cache before that.
public enum UnknownPath: Hashable, Sendable, CaseIterable {
  /// The derivation is content-addressed: the path follows from the result of the build.
  case floating
  /// The derivation is built from such a one, so that not even its inputs are known.
  case deferred
  /// The derivation is impure: each build makes another path, and no cache can have it.
  case impure

  /// The sentence about an output.
  public func sentence(about output: String) -> String { "\(Self.head)\(output)\(Self.middle) (\(kind))" }

  /// Whether `message` is such a sentence (``sentence(about:)``).
  public static func isTold(by message: String) -> Bool {
    message.hasPrefix(head) && allCases.contains { message.hasSuffix("\(middle) (\($0.kind))") }
  }

  private static let head = "the path of its output '"
  private static let middle = "' is not known before it is built"

  private var kind: String {
    switch self {
    case .floating: "a floating content-addressed derivation"
    case .deferred: "a deferred derivation, which stands on a content-addressed one"
    case .impure: "an impure derivation, which is built anew each time and never substituted"
    }
  }
}
