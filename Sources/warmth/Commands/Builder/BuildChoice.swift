import ArgumentParser
import Building
import Clouds
import EvidenceStore
import Foundation
import Machine
import NixModel
import Reporting

/// Which build a command is about, and the store that it is recorded in.
struct BuildChoice: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The build, or the beginning of its name; the only unfinished one by default.", valueName: "build"))
  var build: String?

  @OptionGroup var evidence: EvidenceOptions

  /// The record, and the store to add to.
  func open() throws(Failure) -> (BuildRecord, EvidenceStore) {
    let store = try evidence.openForRecording()
    return (try record(in: store), store)
  }

  /// The record.
  func record(in store: EvidenceStore) throws(Failure) -> BuildRecord {
    do {
      if let build {
        guard let record = try store.build(RunID(build)) else {
          throw Failure(
            .inconclusive,
            "there is no build '\(build.excerpt)' in \(store.path); `warmth audit runs --builds` lists them")
        }
        return record
      }
      let open = try store.unfinishedBuilds()
      guard let only = open.last, open.count == 1 else {
        throw Failure(
          .usage,
          open.isEmpty
            ? "no build is unfinished in \(store.path); name one: `warmth audit runs --builds` lists them"
            : "several builds are unfinished; name one: \(open.map(\.start.id.text).joined(separator: ", "))")
      }
      return only
    } catch let error as Failure {
      throw error
    } catch { throw Failure(.evidence, "\(error)") }
  }
}

extension BuildLedger {
  /// The evidence store as a ledger.
  init(_ store: EvidenceStore) {
    self.init(
      begin: { try store.begin($0) }, add: { try store.add($0, to: $1) },
      unfinished: { try store.unfinishedBuilds() })
  }
}

extension EvidenceStore {
  /// Closes the record of a build that is over, and prints it.
  func tell(_ record: BuildRecord, asJSON isJSON: Bool) throws {
    if record.state == .gone {
      do { try close(record.start.id, at: .now) } catch { throw Failure(.evidence, "\(error)") }
    }
    Console.print(isJSON ? try BuildDocument(record, at: .now).json() : BuildText(record, at: .now).render())
  }
}

extension Builder {
  /// A builder that writes into `store` and tells a person what happens.
  init(_ cloud: Vultr, _ store: EvidenceStore, _ options: ProviderOptions) {
    self.init(
      cloud: cloud, ledger: BuildLedger(store), progress: { Console.say(BuildText.news($0)) },
      visibility: options.visibility)
  }
}

/// Runs `body`, and gives its errors the exit codes that others rely on.
func building<Value>(_ body: () async throws -> Value) async throws -> Value {
  do { return try await body() } catch let error as EvidenceError {
    throw Failure(.evidence, "\(error)")
  } catch let error as PlanFlaw {
    throw Failure(.usage, "\(error)")
  } catch let error as CloudError {
    throw Failure(error.status, "\(error)")
  } catch let error as BuilderError {
    throw Failure(.inconclusive, "\(error)")
  } catch let error as ImageError {
    throw Failure(.usage, "\(error)")
  } catch let error as JournalError {
    throw Failure(.inconclusive, "\(error)")
  } catch is CancellationError {
    throw Failure(
      .inconclusive,
      "interrupted, and the machine, if there is one, goes on: `warmth builder wait` waits for it, `warmth builder stop` deletes it, and so does `warmth builder reap` when its time is up"
    )
  }
}

extension CloudError {
  fileprivate var status: ExitStatus {
    switch flaw {
    case .unauthorized: .usage
    case .refused, .noCapacity: .missing
    case .throttled, .unreachable, .unknown, .unreadable: .inconclusive
    }
  }
}
