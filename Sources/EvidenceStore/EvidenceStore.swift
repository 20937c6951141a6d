import Evidence
import Foundation
import GRDB
public import NixModel

/// The file that runs are recorded in. This type alone owns the database. Its methods add records, and never
/// change one; ``prune(startedBefore:)`` alone removes records.
public final class EvidenceStore: Sendable {
  /// The path of the file.
  public let path: String
  let database: DatabaseQueue
  /// The database in place of a file that is none. It is removed together with this value.
  private let copy: Snapshot?
  let isAlive: @Sendable (Runner) -> Bool

  /// Opens a store to record in, and makes it where there is none.
  ///
  /// - Throws: ``EvidenceError``; a file that is not ours, or a newer program's, is left as it is.
  public convenience init(creatingAt path: String) throws(EvidenceError) {
    let path = Self.plain(path)
    guard !path.isEmpty else { throw EvidenceError(path, .unwritable("it has no name")) }
    var configuration = Self.configuration()
    // SQLite gives the lock to the first writer that asks, and not to the one that has waited longest. Among
    // many writers on a slow machine, one can wait for long, and if it gives up, its evidence is lost.
    configuration.busyMode = .timeout(120)
    configuration.prepareDatabase { db in
      // Small pages, because a store of few runs has many tables that are nearly empty. A file that exists
      // keeps the size of its pages.
      try db.execute(sql: "PRAGMA page_size = 2048")
      try Self.keepRollbackJournal(db)
      // A verdict that was reported must survive the loss of power.
      try db.execute(sql: "PRAGMA synchronous = FULL")
    }
    do {
      try Self.checkFile(path)
      let directory = (path as NSString).deletingLastPathComponent
      if !directory.isEmpty {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        // SQLite alone takes `no/such/..` for the directory above, where there is no such directory.
        guard access(directory, F_OK) == 0 else {
          throw EvidenceError(path, .unwritable(String(cString: strerror(errno))))
        }
      }
    } catch let error as EvidenceError {
      throw error
    } catch {
      throw EvidenceError(writing: path, error)
    }
    // A file that exists is first opened by a handle that cannot write, so that another program's database
    // stays as it is.
    if FileManager.default.fileExists(atPath: path), Self.size(of: path) > 0 {
      do { _ = try Self.openToRead(path) } catch {
        switch error.flaw {
        // A process that was killed between making the file and its first transaction leaves it empty.
        case .empty: break
        case .notADatabase where Self.isBundle(path): throw EvidenceError(path, .isBundle)
        default: throw error
        }
      }
      // SQLite opens a file that it may not write, and would fail only with the first row.
      guard access(path, W_OK) == 0 else {
        throw EvidenceError(path, .unwritable(String(cString: strerror(errno))))
      }
    }
    self.init(path, try Self.open(path, configuration), isAlive: { _ in false })
    try write { db in try Schema.bringUp(db) }
  }

  /// Opens a store, a bundle, a log that holds bundles, or a publisher's summary to read it. The file is
  /// neither made nor changed, except that the transaction of a killed process is rolled back.
  ///
  /// - Parameters:
  ///   - key: signs the publication of a summary, which has no signature; other files stay as they are.
  ///   - isAlive: whether the process that recorded a run still exists. It tells a run under way from one
  ///     that was cut off.
  ///   - Throws: ``EvidenceError`` where the file is none of these, or cannot be read.
  public convenience init(
    reading path: String, signingSummaries key: SigningKey? = nil,
    isAlive: @escaping @Sendable (Runner) -> Bool = { _ in false }
  ) throws(EvidenceError) {
    let path = Self.plain(path)
    do {
      self.init(path, try Self.openToRead(path), isAlive: isAlive)
    } catch {
      // Only SQLite may open a database: when a process closes a file, it loses all its locks on that file,
      // including those of its other connections. So the forms that are text are looked for only after SQLite
      // has refused the file.
      guard error.flaw == .notADatabase, let copy = try Self.copy(ofText: path, signing: key) else {
        throw error
      }
      self.init(path, copy.database, copy: copy, isAlive: isAlive)
    }
  }

  /// The evidence in a file that is no database: a bundle, a log that holds bundles, or a publisher's
  /// summary.
  ///
  /// - Returns: `nil` where it is none of them.
  private static func copy(
    ofText path: String, signing key: SigningKey?
  ) throws(EvidenceError) -> Snapshot? {
    if isBundle(path) { return try Snapshot(ofBundle: path) }
    // This order matters. A log can begin like a summary, and a stranger's text in a summary can look like a
    // line of a bundle.
    if !PublicationSummary.isOne(at: path), let log = try BundleLog(in: path) {
      return try Snapshot(ofLog: log, at: path)
    }
    guard PublicationSummary.isDocument(at: path) else { return nil }
    return try Snapshot(of: PublicationSummary(reading: path).publication, at: path, signing: key)
  }

  init(
    _ path: String, _ database: DatabaseQueue, copy: Snapshot? = nil,
    isAlive: @escaping @Sendable (Runner) -> Bool
  ) {
    self.path = path
    self.database = database
    self.copy = copy
    self.isAlive = isAlive
  }

  /// Opens a file of this program by a handle that cannot write.
  private static func openToRead(_ path: String) throws(EvidenceError) -> DatabaseQueue {
    try checkFile(path)
    guard FileManager.default.fileExists(atPath: path) else { throw EvidenceError(path, .absent) }
    guard access(path, R_OK) == 0 else {
      throw EvidenceError(path, .unreadable(String(cString: strerror(errno))))
    }
    // SQLite takes a file of one byte for an empty database, and would write over it.
    guard size(of: path) == 0 || size(of: path) >= smallestDatabase else {
      throw EvidenceError(path, .notADatabase)
    }
    try rollBackUnfinished(path)
    var configuration = configuration()
    configuration.readonly = true
    let database = try open(path, configuration)
    try requireOurs(database, at: path)
    return database
  }

  private static func open(_ path: String, _ configuration: Configuration) throws(EvidenceError)
    -> DatabaseQueue
  {
    try undisturbed(path) { try DatabaseQueue(path: path, configuration: configuration) }
  }

  /// - Throws: ``EvidenceError`` where the file is empty, another program's, or a newer `warmth`'s.
  private static func requireOurs(_ database: DatabaseQueue, at path: String) throws(EvidenceError) {
    let marks = try undisturbed(path) {
      try database.read { db in
        (
          application: try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
          version: try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0,
          entries: try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        )
      }
    }
    guard marks != (0, 0, 0) else { throw EvidenceError(path, .empty) }
    guard marks.application == Int(Schema.applicationID) else { throw EvidenceError(path, .foreign) }
    guard marks.version <= Schema.version else {
      throw EvidenceError(path, .newer(schema: marks.version, known: Schema.version))
    }
  }

  /// Makes a change in one transaction, as a whole or not at all.
  func write<Value>(_ change: (Database) throws -> Value) throws(EvidenceError) -> Value {
    do { return try database.write(change) } catch { throw EvidenceError(writing: path, error) }
  }

  /// Works outside of any transaction. The work begins and ends its own.
  func withoutTransaction<Value>(_ work: (Database) throws -> Value) throws(EvidenceError) -> Value {
    do { return try database.writeWithoutTransaction(work) } catch {
      throw EvidenceError(writing: path, error)
    }
  }

  /// Reads one state of the store, which writers do not change meanwhile.
  func read<Value>(_ question: (Database) throws -> Value) throws(EvidenceError) -> Value {
    try Self.undisturbed(path) { try database.read(question) }
  }

  /// Reads, and reads again where another process was just killed in the middle of a transaction. That
  /// transaction must be rolled back first, and a handle that cannot write is refused until then.
  private static func undisturbed<Value>(
    _ path: String, _ read: () throws -> Value
  ) throws(EvidenceError) -> Value {
    var tries = 0
    while true {
      do { return try read() } catch let error as DatabaseError
        where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK && tries < 10
      {
        tries += 1
        try rollBackUnfinished(path)
      } catch { throw EvidenceError(path, error) }
    }
  }

  /// Uses a rollback journal. With a write-ahead log, SQLite goes on writing to a file that has been removed
  /// or replaced, and the loss of the evidence goes unnoticed. The journal is cut off rather than removed,
  /// because the removal itself would not survive the loss of power.
  private static func keepRollbackJournal(_ db: Database) throws {
    try db.execute(sql: "PRAGMA journal_mode = TRUNCATE")
  }

  /// Rolls back the transaction of a process that was killed. Until then, SQLite refuses readers that may not
  /// write.
  private static func rollBackUnfinished(_ path: String) throws(EvidenceError) {
    guard size(of: path + "-journal") > 0 else { return }
    // The first read rolls back.
    func read(readonly: Bool) throws {
      var configuration = configuration()
      configuration.readonly = readonly
      _ = try DatabaseQueue(path: path, configuration: configuration).read { db in
        try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
      }
    }
    do { try read(readonly: true) } catch let error as DatabaseError
      where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK
    {
      do { try read(readonly: false) } catch { throw EvidenceError(path, .unfinished) }
    } catch { throw EvidenceError(path, error) }
  }

  static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(20)
    return configuration
  }

  /// The path in a form that everything takes for a file. SQLite would take `:memory:` and
  /// `file:…?mode=memory` for evidence that goes away with the process, and Foundation `~` for a home.
  static func plain(_ path: String) -> String {
    [":", "~", "file:"].contains(where: path.lowercased().hasPrefix) ? "./\(path)" : path
  }

  /// Refuses a directory, a FIFO, a socket and a device before anything opens it. Opening a FIFO waits for a
  /// writer, and its content can be read only once.
  private static func checkFile(_ path: String) throws(EvidenceError) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return }
    switch facts.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw EvidenceError(path, .isDirectory)
    case S_IFIFO: throw EvidenceError(path, .isNoFile("a FIFO"))
    case S_IFSOCK: throw EvidenceError(path, .isNoFile("a socket"))
    default: throw EvidenceError(path, .isNoFile("a device"))
    }
  }

  private static func isBundle(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    // A file that cannot be read is reported when it is opened next.
    return (try? file.read(upToCount: Bundle.longestBeginning)).map { Bundle.begins(Array($0)) } ?? false
  }

  /// The smallest page in bytes, and so the smallest database that has a table.
  private static let smallestDatabase = 512

  private static func size(of path: String) -> Int {
    // Foundation's attributes would be those of a link itself.
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
