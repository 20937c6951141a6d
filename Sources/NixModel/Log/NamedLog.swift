/// One of several logs, and the result of reading it.
public struct NamedLog: Hashable, Sendable {
  /// Its name, as it was given.
  public let name: String
  /// Its content, or why it could not be read.
  public let reading: Result<ClassifiedLog, UnreadableLog>

  /// A log's name and the result of reading it.
  public init(name: String, reading: Result<ClassifiedLog, UnreadableLog>) {
    self.name = name
    self.reading = reading
  }

  /// Whether it shows nothing, and has lines that were not understood.
  public var isInconclusive: Bool {
    switch reading {
    case .success(let log): log.isInconclusive
    case .failure: false
    }
  }

  /// Whether it could not be read.
  public var isUnreadable: Bool {
    switch reading {
    case .success: false
    case .failure: true
    }
  }
}

/// Why a log could not be read.
public struct UnreadableLog: Error, Hashable, Sendable {
  /// A sentence that names the log.
  public let message: String

  /// An error with its sentence.
  public init(_ message: String) { self.message = message }
}

extension UnreadableLog: CustomStringConvertible {
  public var description: String { message }
}
