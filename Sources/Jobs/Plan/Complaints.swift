import NixModel

/// Why no manifest can be made from the options. It has every error, and not only the first.
public struct JobPlanError: Error, Hashable, Sendable {
  /// One sentence for each error.
  public let complaints: [String]
}

extension JobPlanError: CustomStringConvertible {
  public var description: String { complaints.joined(separator: "\n") }
}

/// Why a value does not have the required form, in words that follow the value.
public struct FieldFlaw: Error, Hashable, Sendable {
  let text: String

  init(_ text: String) { self.text = text }
}

/// Collects the errors while options are checked.
struct Complaints {
  private(set) var all: [String] = []

  mutating func note(_ complaint: String) { all.append(complaint) }

  /// The value of an option, as `read` parses it. If `read` refuses it, the error is noted and the result is
  /// `nil`.
  mutating func take<Value>(
    _ option: String, _ text: String, _ read: (String) throws(FieldFlaw) -> Value
  ) -> Value? {
    do { return try read(text) } catch {
      all.append("\(option): '\(text.excerpt)' \(error.text)")
      return nil
    }
  }

  mutating func take<Value>(
    _ option: String, _ text: String?, _ read: (String) throws(FieldFlaw) -> Value
  ) -> Value? {
    guard let text else { return nil }
    return take(option, text, read)
  }

  mutating func take<Value>(
    _ option: String, each texts: [String], _ read: (String) throws(FieldFlaw) -> Value
  ) -> [Value] {
    texts.compactMap { take(option, $0, read) }
  }

  func end() throws(JobPlanError) {
    guard all.isEmpty else { throw JobPlanError(complaints: all) }
  }
}
