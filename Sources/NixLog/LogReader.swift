public import NixModel

/// Reads the internal-json log of a Nix that this process started, as it streams: any bytes in, in pieces of
/// any size, events out.
///
/// Strict: a record is a line that begins with `@nix `, and nothing else is Nix's. A log from elsewhere is for
/// ``LogClassifier``. Memory does not grow with the log, and a line that cannot be read never ends the stream.
public struct LogReader {
  /// The text before a record in its line.
  public enum Prefixes: Hashable, Sendable {
    /// `@nix `, and perhaps systemd's `<3>`: the stream is Nix's standard error.
    case none
    /// Nothing: each line is a record. Nix writes so to a place of its own (`json-log-path`, 2.30 and later).
    case bare
  }

  /// How many bytes of a line are looked at.
  public static let longestLine = LineSplitter.longest

  /// The number of the last line that was read, the last unfinished one included.
  public private(set) var lines: Int
  /// How many bytes were read.
  public private(set) var bytes = 0

  /// How many lines were marked as records and could not be read as such: damaged, cut off, overlong.
  public private(set) var unreadableRecords = 0

  private let prefixes: Prefixes
  private var interpreter: RecordInterpreter
  private var splitter = LineSplitter()

  /// - Parameters:
  ///   - storeDirectory: the store that the log speaks of.
  ///   - reportsProgress: whether to give events for the bytes of a copy that have arrived.
  ///   - reportsBuilders: whether to give events for the lines that builders print.
  ///   - prefixes: the text before each record.
  ///   - line: how many lines stand before the first, in a log of which this is a part.
  public init(
    storeDirectory: StoreDirectory = .standard, reportsProgress: Bool = false, reportsBuilders: Bool = false,
    prefixes: Prefixes = .none,
    after line: Int = 0
  ) {
    lines = line
    self.prefixes = prefixes
    interpreter = RecordInterpreter(
      stores: .one(storeDirectory), reportsProgress: reportsProgress, reportsBuilders: reportsBuilders)
  }

  /// Reads the next piece of the log and gives the events of every line that it completes.
  public mutating func read(_ piece: UnsafeRawBufferPointer, _ body: (LogEvent) -> Void) {
    bytes += piece.count
    var splitter = LineSplitter()
    swap(&splitter, &self.splitter)
    splitter.read(piece) { take($0, body) }
    self.splitter = splitter
  }

  /// Ends the log: a last line without a newline counts as well.
  public mutating func finish(_ body: (LogEvent) -> Void) {
    var splitter = LineSplitter()
    swap(&splitter, &self.splitter)
    splitter.finish { take($0, body) }
  }

  private mutating func take(_ line: UnsafeRawBufferPointer?, _ body: (LogEvent) -> Void) {
    lines += 1
    guard let line else {
      // Its beginning is gone with the rest, so it may have been a record.
      unreadableRecords += 1
      return
    }
    let record =
      switch prefixes {
      case .bare: Optional(line)
      case .none: RecordMark.record(in: line) ?? RecordMark.record(in: RecordMark.withoutPriority(line))
      }
    guard let record else { return }
    if interpreter.read(record, at: lines, body) == .unreadable { unreadableRecords += 1 }
  }
}

extension LogReader: Sendable {}
