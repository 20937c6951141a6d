import Crypto
import Evidence
public import Foundation
import GRDB
public import NixModel

/// A log that holds bundles. Other writers' lines may stand between theirs.
public struct BundleLog {
  private let path: String
  /// The places of each bundle's parts in the file, by the bundle that their lines name.
  private var found: [Key: [Int: Range<Int>]] = [:]
  /// The bundles with lines that were cut off. Other lines of them may be missing.
  private var cut: Set<Cut> = []
  private var hasTooMany = false

  /// The most bundles of a log.
  static let mostBundles = 10_000

  private struct Key: Hashable {
    let run: RunID
    let parts: Int
    let digest: String
  }

  private struct Cut: Hashable {
    let run: RunID
    let parts: Int
  }

  /// Writes a bundle as lines.
  ///
  /// - Parameters:
  ///   - file: the bundle.
  ///   - emit: takes the next line, without its end.
  /// - Throws: errors of reading the file, and those of `emit`.
  public static func write(_ file: URL, of run: RunID, _ emit: (String) throws -> Void) throws {
    let bundle = try FileHandle(forReadingFrom: file)
    defer { try? bundle.close() }
    var hash = SHA256()
    var size = 0
    while let piece = try bundle.read(upToCount: 1 << 18), !piece.isEmpty {
      hash.update(data: piece)
      size += piece.count
    }
    let digest = EvidenceDigest(hash.finalize())
    let parts = (size + BundleLine.partSize - 1) / BundleLine.partSize
    try bundle.seek(toOffset: 0)
    for part in 0..<parts {
      let bytes = try bundle.read(upToCount: BundleLine.partSize) ?? Data()
      try emit(BundleLine.text(bytes, part + 1, of: parts, of: run, digest))
    }
  }

  /// Looks for lines of bundles in a file.
  ///
  /// - Returns: `nil` for a file without such lines, for a database, and where there is no file.
  /// - Throws: ``EvidenceError`` where the file cannot be read, or has too many bundles.
  init?(in path: String) throws(EvidenceError) {
    self.path = path
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    do {
      let beginning = try file.read(upToCount: Self.beginningOfDatabases.count) ?? Data()
      if beginning.elementsEqual(Self.beginningOfDatabases) { return nil }
      var lines = LineReader()
      lines.take(beginning) { note($0, at: $1) }
      while let chunk = try file.read(upToCount: 1 << 18), !chunk.isEmpty {
        lines.take(chunk) { note($0, at: $1) }
      }
      lines.finish { note($0, at: $1) }
    } catch {
      throw EvidenceError(path, .unreadable(error.localizedDescription))
    }
    if hasTooMany { throw EvidenceError(path, .tooManyBundles(most: Self.mostBundles)) }
    if found.isEmpty, cut.isEmpty { return nil }
  }

  private static let beginningOfDatabases = Array("SQLite format 3\0".utf8)

  private mutating func note(_ line: UnsafeRawBufferPointer, at offset: Int) {
    guard !hasTooMany, let line = BundleLine(line) else { return }
    defer { hasTooMany = found.count + cut.count > Self.mostBundles }
    guard let content = line.content else {
      cut.insert(Cut(run: line.run, parts: line.parts))
      return
    }
    let key = Key(run: line.run, parts: line.parts, digest: line.digest)
    let place = content.lowerBound + offset..<content.upperBound + offset
    // A log that was collected twice has the same lines twice.
    if found[key]?[line.part] == nil { found[key, default: [:]][line.part] = place }
  }

  /// A bundle of which the log has every part.
  struct Entry {
    let run: RunID
    let digest: String
    /// The places of its parts in the log.
    fileprivate let parts: [Range<Int>]
  }

  /// The bundles, in the order of their runs' names.
  ///
  /// - Throws: ``EvidenceError`` where a run's bundle is incomplete, or has another digest than its lines
  ///   state.
  func bundles() throws(EvidenceError) -> [Entry] {
    let whole = found.compactMap { key, places in
      places.count < key.parts
        ? nil : Entry(run: key.run, digest: key.digest, parts: (1...key.parts).compactMap { places[$0] })
    }
    let candidates = Dictionary(grouping: whole, by: \.run)
    let named = Set(found.keys.map(\.run) + cut.map(\.run)).sorted { $0.text < $1.text }
    var bundles: [Entry] = []
    for run in named {
      guard let candidates = candidates[run] else { throw lack(of: run) }
      // A run may have been handed out twice, and a stray line may name it. One intact bundle is enough.
      var intact: [Entry] = []
      for bundle in candidates where try digest(of: bundle)?.description == bundle.digest {
        intact.append(bundle)
      }
      if intact.isEmpty { throw EvidenceError(path, .damagedLog(run: run.text)) }
      bundles += intact.sorted { $0.digest < $1.digest }
    }
    return bundles
  }

  /// - Returns: `nil` where a part is no base 64.
  private func digest(of bundle: Entry) throws(EvidenceError) -> EvidenceDigest? {
    do {
      var hash = SHA256()
      let isWhole = try forEachPart(of: bundle) { hash.update(data: $0) }
      return isWhole ? EvidenceDigest(hash.finalize()) : nil
    } catch { throw EvidenceError(path, error) }
  }

  /// - Returns: `false` where it ended early, because a part is no base 64.
  private func forEachPart(of bundle: Entry, _ take: (Data) throws -> Void) throws -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw EvidenceError(path, .unreadable(String(cString: strerror(errno))))
    }
    defer { try? file.close() }
    for place in bundle.parts {
      try file.seek(toOffset: UInt64(place.lowerBound))
      guard let text = try file.read(upToCount: place.count), let bytes = Data(base64Encoded: text) else {
        return false
      }
      try take(bytes)
    }
    return true
  }

  /// The error about a run without a complete bundle. It names the missing lines of the bundle that lacks the
  /// fewest.
  private func lack(of run: RunID) -> EvidenceError {
    let most = found.filter { $0.key.run == run }.min {
      $0.key.parts - $0.value.count < $1.key.parts - $1.value.count
    }
    let parts = most?.key.parts ?? cut.first { $0.run == run }?.parts ?? 0
    let missing = (0..<parts).map { $0 + 1 }.filter { most?.value[$0] == nil }
    return EvidenceError(path, .incompleteLog(run: run.text, missing: missing, parts: parts))
  }

  /// Adds the records of one of ``bundles()`` to `db`.
  ///
  /// - Throws: ``EvidenceError`` where it is no bundle.
  func read(_ bundle: Entry, into db: Database) throws {
    let reader = try BundleReader(db, path: path)
    guard try forEachPart(of: bundle, reader.take) else {
      throw EvidenceError(path, .damagedLog(run: bundle.run.text))
    }
    try reader.end()
  }
}

/// Splits a file into lines. It does not hold on to a line that is too long for a bundle.
private struct LineReader {
  private var rest: [UInt8] = []
  /// Where `rest` begins in the file.
  private var offset = 0
  /// Whether the line that `rest` belongs to is too long.
  private var isSkipping = false

  typealias Take = (_ line: UnsafeRawBufferPointer, _ offset: Int) -> Void

  mutating func take(_ chunk: Data, _ line: Take) {
    rest += chunk
    var start = 0
    while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
      if !isSkipping { emit(start..<end, line) }
      isSkipping = false
      start = end + 1
    }
    rest.removeFirst(start)
    offset += start
    if rest.count > BundleLine.longest {
      isSkipping = true
      offset += rest.count
      rest.removeAll()
    }
  }

  func finish(_ line: Take) {
    if !isSkipping, !rest.isEmpty { emit(0..<rest.count, line) }
  }

  private func emit(_ range: Range<Int>, _ line: Take) {
    rest.withUnsafeBytes { line(UnsafeRawBufferPointer(rebasing: $0[range]), offset + range.lowerBound) }
  }
}
