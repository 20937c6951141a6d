public import NixModel

/// Where builds are written down. Each line is on disk before the next call to the provider.
public struct BuildLedger: Sendable {
  let begin: @Sendable (BuildStart) throws -> BuildRecord
  let add: @Sendable (BuildEvent, RunID) throws -> BuildRecord
  let unfinished: @Sendable () throws -> [BuildRecord]

  /// - Parameters:
  ///   - begin: writes a beginning.
  ///   - add: writes an event, unless another process has written one after which it cannot happen. The result is the
  ///     record as it is then.
  ///   - unfinished: all builds for which there is or may be a machine, and those that never came to ask for one; the
  ///     oldest first.
  public init(
    begin: @escaping @Sendable (BuildStart) throws -> BuildRecord,
    add: @escaping @Sendable (BuildEvent, RunID) throws -> BuildRecord,
    unfinished: @escaping @Sendable () throws -> [BuildRecord]
  ) {
    self.begin = begin
    self.add = add
    self.unfinished = unfinished
  }

  /// No ledger: nothing is known of any build.
  public static let none = BuildLedger(
    begin: { throw BuilderError.noMachine($0.id, .planned) },
    add: { throw BuilderError.noMachine($1, .planned) },
    unfinished: { [] })
}
