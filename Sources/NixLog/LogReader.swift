import Foundation
public import NixModel

/// Reads a Nix log as it streams: any bytes in, in pieces of any size, events out.
///
/// Memory does not grow with the log: only the line that a piece breaks off in is kept, and of a line
/// longer than ``longestLine`` nothing but its number. A line that cannot be read never ends the stream.
public struct LogReader {
  /// What may stand before a line's content.
  public enum Prefixes: Hashable, Sendable {
    /// Nothing but systemd's `<3>`: the stream comes from Nix itself.
    case none
    /// Not even `@nix `: each line is a record, as in what Nix writes to a place of its own (`json-log-path`,
    /// 2.30 and later).
    case bare
    /// A timestamp or a job's name, as CI systems put them before each line.
    case ci
  }

  /// How many bytes of a line are looked at. Nix's own records are far shorter; a builder's output, which
  /// is no event, is not.
  public static let longestLine = 1 << 20

  /// The number of the last line that was read, the last unfinished one included.
  public private(set) var lines: Int
  /// How many bytes were read.
  public private(set) var bytes = 0
  /// The log's format, as given or as recognized; `nil` while nothing in it is Nix's.
  public private(set) var format: LogFormat?

  /// How many lines were marked as records and could not be read as such: damaged, cut off, overlong.
  public private(set) var unreadableRecords = 0

  private let fixed: LogFormat?
  private let prefixes: Prefixes
  private var interpreter: RecordInterpreter
  private var plain: PlainText
  private var rest: [UInt8] = []
  private var isOverlong = false

  /// - Parameters:
  ///   - format: the log's format, or `nil` to recognize it.
  ///   - storeDirectory: the store that the log speaks of.
  ///   - reportsProgress: whether to give events for the bytes of a copy that have arrived.
  ///   - prefixes: what may stand before each line.
  ///   - line: how many lines stand before the first, in a log of which this is a part.
  public init(
    format: LogFormat? = nil, storeDirectory: StoreDirectory = .standard, reportsProgress: Bool = false,
    prefixes: Prefixes = .ci, after line: Int = 0
  ) {
    lines = line
    fixed = format
    self.prefixes = prefixes
    interpreter = RecordInterpreter(directory: storeDirectory, reportsProgress: reportsProgress)
    plain = PlainText(directory: storeDirectory)
  }

  /// Reads the next piece of the log and gives the events of every line that it completes.
  public mutating func read(_ piece: UnsafeRawBufferPointer, _ body: (LogEvent) -> Void) {
    guard var start = piece.baseAddress else { return }
    bytes += piece.count
    let end = start + piece.count
    while start < end {
      // memchr is the fastest way to the next newline, and most of a log is skipped by it.
      guard let newline = memchr(start, 0x0A, end - start) else {
        keep(UnsafeRawBufferPointer(start: start, count: end - start))
        return
      }
      let line = UnsafeRawBufferPointer(start: start, count: UnsafeRawPointer(newline) - start)
      if rest.isEmpty, !isOverlong {
        take(line, body)
      } else {
        keep(line)
        takeRest(body)
      }
      start = UnsafeRawPointer(newline) + 1
    }
  }

  /// Ends the log: a last line without a newline counts as well.
  public mutating func finish(_ body: (LogEvent) -> Void) {
    if !rest.isEmpty || isOverlong { takeRest(body) }
  }

  private mutating func keep(_ piece: UnsafeRawBufferPointer) {
    guard !isOverlong, rest.count + piece.count <= Self.longestLine else {
      isOverlong = true
      rest.removeAll()
      return
    }
    rest.append(contentsOf: piece)
  }

  private mutating func takeRest(_ body: (LogEvent) -> Void) {
    let line = rest
    rest.removeAll(keepingCapacity: true)
    let isOverlong = isOverlong
    self.isOverlong = false
    guard isOverlong else {
      line.withUnsafeBytes { take($0, body) }
      return
    }
    // Its beginning is gone with the rest, so it may have been a record.
    lines += 1
    if format == .internalJSON { unreadableRecords += 1 }
  }

  private mutating func take(_ line: UnsafeRawBufferPointer, _ body: (LogEvent) -> Void) {
    lines += 1
    guard line.count <= Self.longestLine else {
      if format == .internalJSON { unreadableRecords += 1 }
      return
    }
    if prefixes == .bare { return take(record: line, body) }
    // Before most records stands nothing.
    if fixed != .human, let record = LinePrefix.record(in: line) {
      take(record: record, body)
      return
    }
    // What follows a record is looked at for records alone, unless the log is one for people.
    let readsText = fixed == .human || (fixed == nil && format != .internalJSON)
    guard readsText || prefixes == .ci else {
      if let record = LinePrefix.record(in: LinePrefix.withoutPriority(line)) { take(record: record, body) }
      return
    }
    let content = LinePrefix.content(of: line)
    let marked = prefixes == .ci ? content : LinePrefix.withoutPriority(line)
    if fixed != .human, let record = LinePrefix.record(in: marked) {
      take(record: record, body)
    } else if readsText, plain.read(content, at: lines, body) {
      format = .human
    }
  }

  private mutating func take(record: UnsafeRawBufferPointer, _ body: (LogEvent) -> Void) {
    if !interpreter.read(record, at: lines, body) { unreadableRecords += 1 }
    // In a log for people a record is a builder's: it must not hide the lines that follow.
    if format == nil { format = .internalJSON }
  }
}

extension LogReader: Sendable {}
