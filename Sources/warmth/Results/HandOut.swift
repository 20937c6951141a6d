import EvidenceStore
import Foundation
import Machine
import NixModel
import Substituters

/// Hands a run's bundle out when the run has ended. Where the evidence store goes away with its pod, a run whose bundle is
/// not handed out is lost.
struct HandOut: Sendable {
  let file: BundleFile?
  let collector: CollectorAddress?
  /// Where a log of builds goes, if the collector's address is that of a folder.
  let collectorOfLogs: CollectorAddress?
  let toLog: Bool

  /// Whether it is to be handed out in any way.
  var isAskedFor: Bool { file != nil || collector != nil || toLog }

  /// Removes the bundle of an earlier run, so that a run that is killed leaves none, and not another run's.
  func begin() {
    if let file { OutputFile(file.path).remove() }
  }

  /// Hands the bundle out every way that was asked for.
  ///
  /// - Throws: ``Failure`` that names each way that failed, when all were tried.
  func deliver(_ run: RunID, of store: EvidenceStore) async throws(Failure) {
    guard isAskedFor else { return }
    let bundle = FileManager.default.temporaryDirectory.appending(path: "warmth-bundle-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: bundle) }
    var flaws: [String] = []
    await Self.attempt(&flaws) { flaws in
      try write(run, of: store, to: bundle)
      if let file { await Self.attempt(&flaws) { _ in try copy(bundle, to: file) } }
      if toLog { await Self.attempt(&flaws) { _ in try BundleLog.write(bundle, of: run, Self.log) } }
      // Last, since it can take minutes.
      if let collector { await Self.attempt(&flaws) { _ in try await upload(bundle, to: collector) } }
    }
    guard !flaws.isEmpty else { return }
    throw Failure(
      .evidence,
      "the bundle of run \(run) was not handed out as it was asked for: \(flaws.joined(separator: "; ")). The verdict stands and is recorded in '\(store.path)', as long as that is there; warmth audit export \(run) writes the bundle anew"
    )
  }

  // MARK: Logs of builds

  /// The file beside the bundle.
  var fileOfLogs: OutputFile? { file.map { OutputFile("\($0.path).failed-builds.log") } }

  /// Hands out what the builders of failed builds printed, beside the bundle and by the same ways: whole into a file
  /// and to a collector, and its end into the log, which others must find room for.
  ///
  /// - Throws: ``Failure`` that names each way that failed, when all were tried.
  func deliver(logs text: String) async throws(Failure) {
    guard isAskedFor, !text.isEmpty else { return }
    let content = Data(Redaction.withoutKnown(text).utf8)
    let copy = FileManager.default.temporaryDirectory.appending(path: "warmth-log-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: copy) }
    var flaws: [String] = []
    if toLog {
      let end = String(decoding: content.suffix(Self.mostOfLogs), as: UTF8.self)
      let missing = content.count - end.utf8.count
      Console.say(
        "warmth: the log of each failed build\(missing > 0 ? ", without its first \(missing) bytes" : ""):\n\(end)"
      )
    }
    if let file = fileOfLogs {
      await Self.attempt(&flaws) { _ in try file.replace { try $0.write(content) } }
    }
    if let collectorOfLogs {
      await Self.attempt(&flaws) { _ in
        try OutputFile(copy.path).create(0o600) { try $0.write(content) }
        try await upload(copy, to: collectorOfLogs, as: "text/plain; charset=utf-8")
      }
    }
    guard !flaws.isEmpty else { return }
    throw Failure(
      .evidence, "the logs of failed builds were not handed out: \(flaws.joined(separator: "; "))")
  }

  /// A part of the 10 MiB that a node keeps of a container's log by default (`containerLogMaxSize`).
  private static let mostOfLogs = 1 << 20

  // MARK: Ways

  private static func attempt(_ flaws: inout [String], _ way: (inout [String]) async throws -> Void) async {
    do { try await way(&flaws) } catch let failure as Failure { flaws.append(failure.message) } catch {
      flaws.append("\(error)")
    }
  }

  private func write(_ run: RunID, of store: EvidenceStore, to bundle: URL) throws {
    do {
      try OutputFile(bundle.path).create(0o600) { file in try store.export([run]) { try file.write($0) } }
    } catch let flaw as OutputFile.Flaw {
      throw Failure(.evidence, "it cannot be written to '\(bundle.path)': \(flaw)")
    }
  }

  private func copy(_ bundle: URL, to target: BundleFile) throws {
    try target.write { try $0.copy(bundle.path) }
  }

  private func upload(
    _ content: URL, to collector: CollectorAddress, as type: String = "application/jsonl"
  ) async throws {
    let variables = ProcessInfo.processInfo.environment
    let upload = Upload(certificates: CacheAccess.certificates(nil, variables))
    try await upload.put(content, as: type, to: collector)
  }

  private static func log(_ line: String) throws {
    let error = Console.handOver(line)
    guard error == 0 else {
      throw Failure(.evidence, "it cannot be written to standard error: \(String(cString: strerror(error)))")
    }
  }
}
