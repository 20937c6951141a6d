public import NixModel

/// Where a proof has its testimony recorded, as it comes. A record that cannot be written ends the run:
/// a proof without evidence is none.
public struct Notary: Sendable {
  /// Records testimonies: all of a call or none.
  public var record: @Sendable ([Deposition]) throws -> Void

  /// A notary from its closure.
  public init(record: @escaping @Sendable ([Deposition]) throws -> Void) { self.record = record }
}
