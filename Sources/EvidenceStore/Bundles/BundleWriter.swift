import Evidence
public import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// Writes whole records as a bundle, piece by piece.
  ///
  /// - Parameters:
  ///   - runs: their names or the beginnings of those; `nil` for all records.
  ///   - write: takes the next bytes.
  /// - Returns: the number of records that were written.
  /// - Throws: ``EvidenceError``, also where there is no such record, and errors of `write`.
  @discardableResult
  public func export(_ runs: [RunID]?, to write: @escaping (Data) throws -> Void) throws -> Int {
    let names = try runs?.map { name in
      guard let known = try self.name(of: name) else { throw EvidenceError(path, .noRun(name.text)) }
      return known
    }
    // A copy is read, because a slow reader of the bundle must not keep others from recording.
    return try snapshot().database.read { db in
      let library = try Library(db)
      let seqs =
        try names?.compactMap { try library.seq(of: $0) }
        ?? Int64.fetchAll(db, sql: "SELECT seq FROM record ORDER BY seq")
      let packer = try Packer(write)
      do {
        try BundleWriter(library) { try packer.take($0) }.write(seqs)
      } catch let flaw as JSON.Flaw {
        throw EvidenceError(path, .contradiction(run: names?.first?.text ?? "?", flaw.words))
      }
      try packer.end()
      return seqs.count
    }
  }
}

/// Writes the lines of one bundle.
final class BundleWriter {
  private let library: Library
  private let sink: ([UInt8]) throws -> Void
  private var told: Set<Int64> = []

  init(_ library: Library, _ sink: @escaping ([UInt8]) throws -> Void) {
    self.library = library
    self.sink = sink
  }

  func write(_ seqs: [Int64]) throws {
    try put { item in
      item.add("bundle", Bundle.format)
      item.add("schema", Schema.version)
    }
    var written: Set<Int64> = []
    for seq in seqs where written.insert(seq).inserted { try write(record: seq) }
    try put { item in
      item.add("end", Bundle.format)
      item.add("records", written.count)
    }
  }

  private func write(record seq: Int64) throws {
    for part in try library.parts(of: seq) where told.insert(part.entry).inserted {
      try sink(try library.entry(part.entry).line)
    }
    guard let line = try library.line(of: seq) else { return }
    try sink(line.bytes)
    let signatures = try String.fetchAll(
      library.db,
      sql: """
        SELECT DISTINCT signature FROM link WHERE record = ? AND content = ? AND signature IS NOT NULL
        ORDER BY signature
        """,
      arguments: [seq, line.content])
    for signature in signatures {
      try put { item in
        item.add("signature", signature)
        item.add("record", line.id.text)
      }
    }
  }

  private func put(_ fill: (inout ItemWriter) -> Void) throws {
    try sink(JSON.item(fill).bytes + [UInt8(ascii: "\n")])
  }
}
