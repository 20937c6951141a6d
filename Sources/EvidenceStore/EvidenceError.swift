import Evidence
import Foundation
import GRDB
public import NixModel

/// Why evidence could not be written or read. Without evidence a run is no proof, even if it came to a
/// verdict.
public struct EvidenceError: Error, Hashable, Sendable {
  /// The store's file.
  public let path: String
  /// The cause.
  public let flaw: Flaw

  /// The ways in which a store fails.
  public enum Flaw: Hashable, Sendable {
    /// There is no such file.
    case absent
    /// It is a database without tables: it was made, and nothing was recorded.
    case empty
    /// It is a directory.
    case isDirectory
    /// It is a FIFO, a socket or a device, as the words say.
    case isNoFile(String)
    /// It is no SQLite database, or a damaged one.
    case notADatabase
    /// It is another program's database.
    case foreign
    /// A newer `warmth` wrote it.
    case newer(schema: Int, known: Int)
    /// It cannot be opened or read, for this reason.
    case unreadable(String)
    /// It cannot be written, for this reason.
    case unwritable(String)
    /// There is no room left for it.
    case full
    /// Its file went away while a run was being recorded.
    case gone
    /// A process was killed while it wrote, and the reader may not write the file, as undoing the half of it
    /// needs.
    case unfinished
    /// It contradicts itself about a run, as the words say.
    case contradiction(run: String, String)
    /// Another store contradicts this one about a run. `table` is the kind of the first entry that differs.
    case disagreement(with: String, about: String, table: String)
    /// It is a bundle, and this line of it, counted from 1, is malformed, as the words say.
    case malformed(line: Int, String)
    /// It is a publication's summary, and this key of it, or all of it, is malformed, as the words say.
    case malformedSummary(key: String?, String)
    /// It is a bundle, and runs are recorded in stores alone.
    case isBundle
    /// It is a log that has only a part of a run's bundle. `missing` are the missing lines, counted from 1.
    case incompleteLog(run: String, missing: [Int], parts: Int)
    /// It is a log, and a bundle in it has another digest than its lines state.
    case damagedLog(run: String)
    /// It is a log that holds more bundles than `most`.
    case tooManyBundles(most: Int)
    /// It has no run of that name.
    case noRun(String)
    /// The record of that name is a publication, and was asked for as a proof.
    case isPublication(String)
    /// The record of that name is a build of an ephemeral builder, and was asked for as a proof.
    case isBuild(String)
    /// It is not as it was recorded; this is the first defect.
    case unverified(Verification.Defect)
    /// The given name begins the names of several runs.
    case ambiguous(name: String, among: [String])
  }

  /// How many names of runs are listed.
  private static let listed = 20

  /// Whether the evidence is as it should be, and a name was used that means no run, several, or one of another kind.
  public var isAboutAName: Bool {
    switch flaw {
    case .noRun, .isPublication, .isBuild, .ambiguous: true
    default: false
    }
  }

  init(_ path: String, _ flaw: Flaw) {
    self.path = path
    self.flaw = flaw
  }

  /// Translates an error of SQLite.
  init(_ path: String, _ error: any Error) {
    if let error = error as? EvidenceError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      self.init(path, .unreadable("\(error)"))
      return
    }
    // The message names a cause; statements and their arguments stay out of it.
    let cause = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_FORMAT: self.init(path, .notADatabase)
    case .SQLITE_FULL: self.init(path, .full)
    case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED: self.init(path, .gone)
    case .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_PERM, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CONSTRAINT:
      self.init(path, .unwritable(cause))
    default: self.init(path, .unreadable(cause))
    }
  }

  /// Translates an error of writing. SQLite names few causes: "disk I/O error" and "unable to open database
  /// file" can mean a full disk as well as a directory that may not be written. So the system is asked.
  init(writing path: String, _ error: any Error) {
    let plain = EvidenceError(path, error)
    switch plain.flaw {
    case .unwritable, .unreadable: self.init(path, Self.obstacle(at: path) ?? .unwritable(plain.cause))
    default: self = plain
    }
  }

  /// The obstacle to writing at a path, as far as the system tells.
  private static func obstacle(at path: String) -> Flaw? {
    var place = URL(filePath: path).deletingLastPathComponent()
    while access(place.path, F_OK) != 0, place.path != "/" { place.deleteLastPathComponent() }
    var disk = statvfs()
    if statvfs(place.path, &disk) == 0, disk.f_blocks > 0, disk.f_bavail == 0 { return .full }
    for needed in [path, place.path] where access(needed, W_OK) != 0 && errno != ENOENT {
      return .unwritable(String(cString: strerror(errno)))
    }
    return nil
  }

  private var cause: String {
    switch flaw {
    case .unreadable(let cause), .unwritable(let cause): cause
    default: description
    }
  }
}

extension EvidenceError: CustomStringConvertible {
  /// `part 3 is`, `parts 1, 2, 3 and 17 more are`.
  private static func phrase(_ parts: [Int]) -> String {
    let shown = parts.prefix(5).map { "\($0)" }.joined(separator: ", ")
    let more = parts.count > 5 ? " and \(parts.count - 5) more" : ""
    return parts.count == 1 ? "part \(shown) is" : "parts \(shown)\(more) are"
  }

  public var description: String {
    switch flaw {
    case .absent:
      "there is no evidence store at '\(path)'; name one with --evidence FILE, or make one with warmth prove"
    case .empty:
      "nothing is recorded in the evidence store '\(path)' yet; warmth prove records a run"
    case .isDirectory:
      "the evidence store '\(path)' is a directory, so nothing can be recorded; name a file with --evidence FILE"
    case .isNoFile(let kind):
      "'\(path)' is \(kind) and no file, so no evidence can be kept in it or read from it; name a file"
    case .notADatabase:
      "the evidence store '\(path)' is no SQLite database or is damaged, so it proves nothing; restore it from a copy, or name another with --evidence FILE"
    case .foreign:
      "'\(path)' is another program's database, and was left as it is; name an evidence store with --evidence FILE"
    case .newer(let schema, let known):
      "the evidence store '\(path)' was written by a newer warmth (schema \(schema), this one knows \(known)), and was left as it is; upgrade warmth"
    case .unreadable(let cause):
      "the evidence store '\(path)' cannot be read (\(cause)); see that its file and directory may be read"
    case .unwritable(let cause):
      "the evidence store '\(path)' cannot be written (\(cause)), so the run proves nothing; see that it and its directory may be written"
    case .full:
      "there is no room left for the evidence store '\(path)', so the run proves nothing; free some space on that disk, or name a file on another with --evidence FILE"
    case .gone:
      "the evidence store '\(path)' was removed or replaced while the run was recorded in it, so the run proves nothing; prove again, and leave the file where it is until the run has ended"
    case .unfinished:
      "the evidence store '\(path)' was being written when its process was killed, which only somebody who may write it can undo; run warmth audit runs as its owner"
    case .contradiction(let run, let how):
      "the evidence store '\(path)' contradicts itself about run \(run): \(how); what it says of that run proves nothing"
    case .disagreement(let other, let about, let table):
      "'\(other)' contradicts '\(path)' about \(about) (\(table)): one of them was changed, or says more of it than it was concluded with; nothing of '\(other)' was imported from here on, see which of the two can be trusted"
    case .malformed(let line, let words):
      "the bundle '\(path)' is damaged or was changed, in line \(line): \(words); nothing of it was taken, export it again"
    case .malformedSummary(let key, let words):
      "the publication summary '\(path)' is not as it must be\(key.map { ", in '\($0)'" } ?? ""): \(words); nothing of it was recorded, so the store does not know of that publication; see docs/publications.md for what is wanted"
    case .isBundle:
      "'\(path)' is a bundle, which is not recorded into; import it into a store with warmth audit import"
    case .incompleteLog(let run, let missing, let parts):
      "the log '\(path)' holds \(parts - missing.count) of the \(parts) lines of the bundle of run \(run): \(Self.phrase(missing)) missing or cut; nothing of it was taken, get the log from its beginning to its end, or the bundle from elsewhere"
    case .damagedLog(let run):
      "the log '\(path)' was changed or damaged: its lines of the bundle of run \(run) are not what was handed out; nothing of it was taken, get the log again, or the bundle from elsewhere"
    case .tooManyBundles(let most):
      "the log '\(path)' holds more than \(most) bundles; nothing of it was taken, import it in parts"
    case .noRun(let name):
      "there is no run '\(name)' in '\(path)'; warmth audit runs lists those there are"
    case .isPublication(let name):
      "run \(name) in '\(path)' is a publication, which came to no verdict; warmth audit show \(name) tells what it published"
    case .isBuild(let name):
      "run \(name) in '\(path)' is a build, which came to no verdict; warmth builder status \(name) tells what became of it"
    case .unverified(let finding):
      "'\(path)' is not as it was recorded: \(finding); nothing of it was imported"
    case .ambiguous(let name, let names):
      "'\(name)' begins the names of \(names.count) runs in '\(path)'; give more of it:\n"
        + (names.prefix(Self.listed).map { "  \($0)" }
        + (names.count > Self.listed ? ["  and \(names.count - Self.listed) more"] : [])).joined(
          separator: "\n")
    }
  }
}
