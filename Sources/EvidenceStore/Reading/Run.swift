import Evidence
import Foundation
import GRDB
import NixModel

extension EvidenceStore {
  /// Whole runs. Everything goes through the parsing initializers, because stored bytes are not trusted
  /// either.
  func runs(_ seqs: [Int64], _ db: Database) throws -> [Run] {
    let library = try Library(db)
    return try seqs.map { try run($0, library) }
  }

  func run(_ seq: Int64, _ library: Library) throws -> Run {
    if let id = try library.id(of: seq) {
      switch try library.kind(of: seq) {
      case .publication: throw EvidenceError(path, .isPublication(id.text))
      case .build: throw EvidenceError(path, .isBuild(id.text))
      case .proof, nil: break
      }
    }
    return try reading(seq, library) {
      let contents = try library.contents(
        of: seq, .proof, .asked, .occasion, .shard, .environment, .verdicts, .conclusion)
      let start = try contents.start()
      let state: Run.State =
        if let conclusion = try contents.conclusion() {
          .finished(conclusion)
        } else {
          isAlive(start.runner) ? .running : .interrupted
        }
      let environment = try contents.environment()
      return Run(
        start: start, nixVersion: environment?.nixVersion, nixSandbox: environment?.sandboxSetting,
        meansOfWriting: environment?.meansOfWriting ?? [], state: state)
    }
  }

  /// The result of `read` for a record. An error about the record's content becomes a contradiction.
  func reading<Value>(_ seq: Int64, _ library: Library, _ read: () throws -> Value) throws -> Value {
    do { return try read() } catch let error as EvidenceError { throw error } catch let error as DatabaseError
    {
      throw error
    } catch {
      throw EvidenceError(
        path, .contradiction(run: try library.id(of: seq)?.text ?? "\(seq)", JSON.words(of: error)))
    }
  }
}
