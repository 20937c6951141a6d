public import NixModel

/// The terms that a run was made under, below its report in `audit show`.
public struct PromiseText: Sendable {
  private let promise: RunPromise
  private let flags: EvaluationFlags

  /// The text of `promise`, and of the flags that the run's targets were evaluated by.
  public init(_ promise: RunPromise, by flags: EvaluationFlags = .none) {
    self.promise = promise
    self.flags = flags
  }

  /// Each kind of term with its label.
  package var lines: [(label: String, text: String)] {
    let evaluated = flags.isEmpty ? [] : [("evaluated", "by \(flags)")]
    return [("terms", terms)] + evaluated + [("asked", asked), ("on", runner), ("signed", signed)]
  }

  /// A line for each kind of term, ending with a newline.
  public func render(style: Style = .plain) -> String {
    lines.map { "\(style.paint($0.label, .dim)) \(Words.line($0.text))\n" }.joined()
  }

  private var terms: String {
    let policy = promise.policy
    var terms = ["builds: \(policy.builds.rawValue)"]
    func add(_ name: String, _ values: [String]) {
      if !values.isEmpty { terms.append("\(name): \(values.joined(separator: " "))") }
    }
    add("allowed", policy.allowBuild.map(\.pattern))
    add("forbidden", policy.forbidBuild.map(\.pattern))
    add("only from", policy.expectFrom.map(\.canonical))
    add("read-only", policy.readOnly.map(\.description))
    if policy.needsFreshStore { terms.append("a fresh store") }
    if policy.strict { terms.append("strict") }
    return terms.joined(separator: "; ")
  }

  private var asked: String {
    guard let environment = promise.environment else { return "nobody: the run ended before" }
    let caches = environment.substituters.map(\.canonical)
    let keys = environment.trustedKeys.keys.map(\.name)
    return (caches.isEmpty ? "no cache" : caches.joined(separator: " "))
      + (keys.isEmpty ? ", trusting no key" : ", trusting \(keys.joined(separator: " "))")
  }

  private var runner: String {
    guard let environment = promise.environment else { return "an unknown system" }
    let sandbox =
      switch environment.sandbox {
      case .notTried: "sandbox not tried"
      case .works: "sandbox works"
      case .missing(let cause): "no sandbox (\(cause))"
      }
    return "\(environment.system), store \(environment.store), \(sandbox)"
  }

  private var signed: String {
    promise.signatures.isEmpty
      ? "by nobody" : "by \(promise.signatures.joined(separator: " ")), which audit verify checks"
  }
}
