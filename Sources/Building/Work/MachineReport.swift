public import Foundation
public import NixModel

/// What a machine says of itself in its journal.
public struct MachineReport: Hashable, Sendable {
  /// When, by the machine's clock.
  public let at: Date
  public let fact: BuildEvent.Fact
  /// The entry's place in the journal.
  public let cursor: String

  /// A report.
  public init(at: Date, fact: BuildEvent.Fact, cursor: String) {
    self.at = at
    self.fact = fact
    self.cursor = cursor
  }
}
