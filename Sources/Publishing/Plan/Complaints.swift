import NixModel

/// Why no manifest can be made of what was asked for: everything that is wrong, and not only the first of it.
public struct JobPlanError: Error, Hashable, Sendable {
  /// A sentence each.
  public let complaints: [String]
}

extension JobPlanError: CustomStringConvertible {
  public var description: String { complaints.joined(separator: "\n") }
}

/// Why one value is none of its kind, in words that follow the value.
public struct FieldFlaw: Error, Hashable, Sendable {
  let text: String

  init(_ text: String) { self.text = text }
}

/// Gathers what is wrong while options are read.
struct Complaints {
  private(set) var all: [String] = []

  mutating func note(_ complaint: String) { all.append(complaint) }

  /// What `read` makes of the value of an option; a value that is none is noted.
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
