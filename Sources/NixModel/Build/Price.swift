/// An amount of money, in millionths of a US dollar.
public struct Price: Hashable, Sendable {
  /// Millionths of a dollar.
  public let millionths: UInt64

  /// An amount.
  public init(_ millionths: UInt64) { self.millionths = millionths }

  /// Parses dollars such as `3` or `0.25`; `nil` where it is no amount, or more than a million.
  public init?(parsing text: String) {
    guard text.utf8.count < 16, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") }),
      let dollars = Double(text), dollars >= 0, dollars <= 1_000_000
    else { return nil }
    millionths = UInt64((dollars * 1_000_000).rounded())
  }

  /// The most that a machine costs until its deadline: hours are billed whole.
  public static func most(hourly: UInt64, deadline: Int) -> UInt64 {
    let hours = UInt64(max(0, deadline) / 3600 + (deadline % 3600 == 0 ? 0 : 1))
    let (product, isTooLarge) = hourly.multipliedReportingOverflow(by: hours)
    return isTooLarge ? .max : product
  }
}

extension Price: CustomStringConvertible {
  /// `$0.27`, rounded up to a cent.
  public var description: String {
    let cents = millionths / 10_000 + (millionths % 10_000 == 0 ? 0 : 1)
    return "$\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
  }
}
