import Foundation

/// The error of a system call that failed.
public struct SystemError: Error, Hashable, CustomStringConvertible {
  /// The value of `errno`.
  public let code: Int32

  /// The error with this `errno`.
  public init(_ code: Int32) { self.code = code }

  public var description: String { String(cString: strerror(code)) }
}
