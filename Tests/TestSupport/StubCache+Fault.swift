import NIOConcurrencyHelpers

extension StubCache {
  /// What a cache does about a request that it could answer well.
  public struct Fault: Sendable {
    private let answer: @Sendable (Request, Answer) -> Answer

    /// A fault, which is told the request and the good answer.
    public init(_ answer: @escaping @Sendable (Request, Answer) -> Answer) { self.answer = answer }

    /// What is answered.
    public func callAsFunction(_ request: Request, _ good: Answer) -> Answer { answer(request, good) }
  }
}

extension StubCache.Fault {
  /// Every request gets this status.
  public static func status(_ status: Int, headers: [String: String] = [:]) -> StubCache.Fault {
    StubCache.Fault { _, _ in .init(status: status, headers: headers, body: Array("no".utf8)) }
  }

  /// The first requests get this status, and those after them what they ask for.
  public static func first(_ count: Int, _ status: Int, headers: [String: String] = [:]) -> StubCache.Fault {
    let left = NIOLockedValueBox(count)
    return StubCache.Fault { _, answer in
      left.withLockedValue { left in
        left -= 1
        return left >= 0 ? .init(status: status, headers: headers) : answer
      }
    }
  }

  /// What is asked for, with its text changed.
  public static func edited(_ change: @escaping @Sendable (String) -> String) -> StubCache.Fault {
    StubCache.Fault { _, answer in .text(change(String(decoding: answer.body, as: UTF8.self)), status: 200) }
  }

  /// What is asked for, without the line of that field.
  public static func without(_ field: String) -> StubCache.Fault { edited { $0.without(field) } }

  /// What is asked for, with that field's value replaced.
  public static func with(_ field: String, _ value: String) -> StubCache.Fault {
    edited { $0.with(field, value) }
  }
}

extension String {
  /// A narinfo without the line of that field.
  public func without(_ field: String) -> String {
    split(separator: "\n").filter { !$0.hasPrefix("\(field):") }.joined(separator: "\n") + "\n"
  }

  /// A narinfo with that field's value replaced.
  public func with(_ field: String, _ value: String) -> String { without(field) + "\(field): \(value)\n" }
}
