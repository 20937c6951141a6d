import Evidence
import Foundation
import GRDB
public import NixModel

/// Adds records and their entries in one transaction, as a whole or not at all. Nothing is ever changed.
public struct Recorder {
  private let path: String
  private let shelf: Shelf
  private let library: Library
  private let tallies: TallyBook
  private let ledger: Ledger

  init(_ db: Database, path: String) throws {
    self.path = path
    shelf = try Shelf(db)
    library = try Library(db)
    tallies = TallyBook(library)
    ledger = try Ledger(db, library)
  }

  /// Adds a run's beginning.
  public func begin(_ start: RunStart) throws {
    let place = try shelf.begin(start.id, .proof, at: start.started)
    ledger.note(.begun, place.seq, start.id)
    try shelf.add(try start.entries(), to: place)
  }

  /// Adds the testimony of witnesses.
  public func record(_ depositions: [Deposition], for run: RunID) throws {
    let place = try place(of: run)
    ledger.note(.testimony, place.seq, run)
    try shelf.add(try depositions.flatMap { try $0.entries() }, to: place)
  }

  /// Adds a run's end: verdicts, outcomes, reasons and conclusion.
  ///
  /// - Parameter key: signs the run with all that it has now.
  /// - Throws: ``EvidenceError``, also where the run is to be signed and was changed in the file meanwhile.
  public func conclude(_ run: RunID, _ conclusion: Conclusion, signing key: SigningKey? = nil) throws {
    let place = try place(of: run)
    if key != nil, try !ledger.isAsSealed(place.seq) {
      throw EvidenceError(path, .contradiction(run: run.text, "it was changed while it was being recorded"))
    }
    ledger.note(.concluded, place.seq, run, signing: key)
    try shelf.add(try conclusion.entries(), to: place)
    try shelf.add(tallies.tallies(of: library.parts(of: place.seq)), to: place)
  }

  /// Adds a publication, as a whole.
  ///
  /// - Parameter key: signs it.
  func record(_ publication: Publication, signing key: SigningKey? = nil) throws {
    let place = try shelf.begin(publication.head.id, .publication, at: publication.head.started)
    ledger.note(.concluded, place.seq, publication.head.id, signing: key)
    try shelf.add(publication.entries(), to: place)
  }

  /// Adds a build's beginning.
  func begin(_ start: BuildStart) throws {
    let place = try shelf.begin(start.id, .build, at: start.started)
    ledger.note(.begun, place.seq, start.id)
    try shelf.add(start.entries(), to: place)
  }

  /// Adds an event to a build, unless it cannot follow those that are there: another process was faster.
  ///
  /// - Returns: the record as it is then.
  func add(_ event: BuildEvent, to build: RunID) throws -> BuildRecord {
    let (place, contents) = try open(build)
    var record = try contents.build()
    guard try contents.item(ifAny: .closed) == nil else { return record }
    do { try record.add(event) } catch { return record }
    ledger.note(.testimony, place.seq, build)
    let kept = try event.entries().map { try shelf.keep($0) }
    try shelf.add(kept, to: place, after: [.steps: record.events.count - 1])
    return record
  }

  /// Closes the record of a build whose machine is gone, unless it is closed.
  func close(_ build: RunID, at instant: Date) throws {
    let (place, contents) = try open(build)
    guard try contents.item(ifAny: .closed) == nil, try contents.build().state == .gone else { return }
    ledger.note(.concluded, place.seq, build)
    try shelf.add([BuildEnding(at: instant).entry], to: place)
  }

  private func open(_ build: RunID) throws -> (Shelf.Place, Contents) {
    let place = try place(of: build)
    guard try library.kind(of: place.seq) == .build else {
      throw EvidenceError(path, .contradiction(run: build.text, "it is no build"))
    }
    return (place, try library.contents(of: place.seq))
  }

  /// Seals the additions.
  func seal() throws { try ledger.seal() }

  private func place(of run: RunID) throws -> Shelf.Place {
    guard let place = try library.seq(of: run).flatMap({ try library.place(of: $0) }) else {
      throw EvidenceError(path, .contradiction(run: run.text, "it was never begun"))
    }
    return place
  }
}

extension Deposition {
  func entries() throws -> [Entry] {
    switch self {
    case .environment(let environment): try environment.entries()
    case .baseline(let baseline): baseline.entries()
    case .resolution(let targets, let unresolved): try TargetLines.entries(targets, unresolved)
    case .presence(let heard): StoreLines.entries(heard)
    case .survey(let survey): try survey.entries()
    case .log(let log): try log.entries()
    case .derivations(let graph): graph.entries()
    case .registrations(let heard): StoreLines.entries(heard)
    case .outcomes(let outcomes): StoreLines.entries(outcomes)
    }
  }
}

extension EvidenceStore {
  /// Records a run's beginning. It is on disk when this returns.
  public func begin(_ start: RunStart) throws(EvidenceError) { try record { try $0.begin(start) } }

  /// Records one witness's testimony, as a whole.
  public func record(_ deposition: Deposition, for run: RunID) throws(EvidenceError) {
    try record([deposition], for: run)
  }

  /// Records testimonies, as a whole.
  public func record(_ depositions: [Deposition], for run: RunID) throws(EvidenceError) {
    try record { try $0.record(depositions, for: run) }
  }

  /// Records a run's end: verdicts, outcomes, reasons and conclusion, as a whole, and signs the run if there
  /// is a key.
  public func conclude(
    _ run: RunID, _ conclusion: Conclusion, signing key: SigningKey? = nil
  ) throws(EvidenceError) {
    try record { try $0.conclude(run, conclusion, signing: key) }
  }

  /// Records the additions of `body`, as a whole: they are on disk when this returns, or none of them is
  /// there.
  public func record(_ body: (Recorder) throws -> Void) throws(EvidenceError) {
    try write { db in
      let recorder = try Recorder(db, path: path)
      try body(recorder)
      try recorder.seal()
    }
  }
}
