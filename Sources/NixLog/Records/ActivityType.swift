/// The type of an activity, as a record of its start has it.
///
/// The numbers and names are those of Nix's `ActivityType` (`src/libutil/include/nix/util/logging.hh`), without the
/// prefix `act`. Nix adds types, so a number without a name here is no error.
struct ActivityType: RawRepresentable, Hashable {
  let rawValue: UInt64

  /// Fields: the path, the store that it is copied from, the store that it is copied to.
  static let copyPath = ActivityType(rawValue: 100)
  /// Fields: the address.
  static let fileTransfer = ActivityType(rawValue: 101)
  /// Fields: the derivation, the machine that builds it or nothing.
  static let build = ActivityType(rawValue: 105)
  /// Fields: the path, the substituter.
  static let substitute = ActivityType(rawValue: 108)
  /// Fields: the derivation.
  static let postBuildHook = ActivityType(rawValue: 110)
  /// Fields, where a derivation was resolved: that derivation, the one that it was resolved to.
  static let buildWaiting = ActivityType(rawValue: 111)
}

/// The type of a result, as its record has it: Nix's `ResultType` (the same file), without the prefix `res`. Other
/// numbers are no error here either.
struct ResultType: RawRepresentable, Hashable {
  let rawValue: UInt64

  /// Fields: a line that a builder printed.
  static let buildLogLine = ResultType(rawValue: 101)
  /// Fields: the numbers that are done, expected, running and failed; of a copy, in bytes.
  static let progress = ResultType(rawValue: 105)
}

/// How much a message matters: Nix's `Verbosity` (`src/libutil/include/nix/util/error.hh`), without the prefix `lvl`.
/// The smaller the number, the more it matters.
struct Verbosity: RawRepresentable, Hashable, Comparable {
  let rawValue: UInt64

  static let error = Verbosity(rawValue: 0)
  static let warn = Verbosity(rawValue: 1)

  static func < (left: Verbosity, right: Verbosity) -> Bool { left.rawValue < right.rawValue }
}
