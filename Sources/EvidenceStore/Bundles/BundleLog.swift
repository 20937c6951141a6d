import Crypto
public import Foundation
import GRDB
public import NixModel

/// A log that holds bundles, in lines between those of whoever else writes to it.
public struct BundleLog {
  private let path: String
  /// Where the parts of each bundle are, by what their lines say.
  private var found: [Key: [Int: Range<Int>]] = [:]
  /// Parts whose lines were cut off, of bundles of which there may be no other.
  private var cut: Set<Cut> = []

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
  /// - Throws: what reading the file throws.
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
  /// - Returns: `nil` where there are none, or where it is no text that could have any: a database, no file at all.
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
    if found.isEmpty, cut.isEmpty { return nil }
  }

  private static let beginningOfDatabases = Array("SQLite format 3\0".utf8)

  private mutating func note(_ line: UnsafeRawBufferPointer, at offset: Int) {
    guard let line = BundleLine(line) else { return }
    guard let content = line.content else {
      cut.insert(Cut(run: line.run, parts: line.parts))
      return
    }
    let key = Key(run: line.run, parts: line.parts, digest: line.digest)
    let place = content.lowerBound + offset..<content.upperBound + offset
    // A log that was collected twice says the same twice.
    if found[key]?[line.part] == nil { found[key, default: [:]][line.part] = place }
  }

  /// One bundle that is there as a whole.
  struct Entry {
    let run: RunID
    let digest: String
    /// Where its parts are in the log.
    fileprivate let parts: [Range<Int>]
  }

  /// The bundles, in the order of their runs' names.
  ///
  /// - Throws: ``EvidenceError`` where a run is there in part only.
  func bundles() throws(EvidenceError) -> [Entry] {
    let whole = found.compactMap { key, places in
      places.count < key.parts
        ? nil : Entry(run: key.run, digest: key.digest, parts: (1...key.parts).compactMap { places[$0] })
    }
    // Of a run that was handed out twice, one whole bundle is enough.
    let complete = Set(whole.map(\.run))
    let named = Set(found.keys.map(\.run) + cut.map(\.run))
    if let run = named.subtracting(complete).min(by: { $0.text < $1.text }) { throw lack(of: run) }
    return whole.sorted { ($0.run.text, $0.digest) < ($1.run.text, $1.digest) }
  }

  /// What there is not of a run, by the lines of that bundle of it of which the least is missing.
  private func lack(of run: RunID) -> EvidenceError {
    let most = found.filter { $0.key.run == run }.min {
      $0.key.parts - $0.value.count < $1.key.parts - $1.value.count
    }
    let parts = most?.key.parts ?? cut.first { $0.run == run }?.parts ?? 0
    let missing = (0..<parts).map { $0 + 1 }.filter { most?.value[$0] == nil }
    return EvidenceError(path, .incompleteLog(run: run.text, missing: missing, parts: parts))
  }

  /// Fills `db` with what a bundle says.
  ///
  /// - Throws: ``EvidenceError`` where it is not what was handed out, or no bundle.
  func read(_ bundle: Entry, into db: Database) throws {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw EvidenceError(path, .unreadable(String(cString: strerror(errno))))
    }
    defer { try? file.close() }
    let damage = EvidenceError(path, .damagedLog(run: bundle.run.text))
    var hash = SHA256()
    let reader = try BundleReader(db, path: path)
    // The digest first: what is wrong with a line of the bundle would be told by a number that the log has not.
    for isReading in [false, true] {
      for place in bundle.parts {
        try file.seek(toOffset: UInt64(place.lowerBound))
        guard let text = try file.read(upToCount: place.count), let bytes = Data(base64Encoded: text) else {
          throw damage
        }
        if isReading { try reader.take(bytes) } else { hash.update(data: bytes) }
      }
      guard isReading || EvidenceDigest(hash.finalize()).description == bundle.digest else { throw damage }
    }
    try reader.end()
  }
}

/// Takes a file apart into lines, of which it keeps none that is too long to be of a bundle.
private struct LineReader {
  private var rest: [UInt8] = []
  /// Where `rest` begins in the file.
  private var offset = 0
  /// Whether the line that `rest` would belong to is too long.
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
