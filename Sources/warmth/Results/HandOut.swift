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
    func attempt(_ way: () async throws -> Void) async {
      do { try await way() } catch let failure as Failure { flaws.append(failure.message) } catch {
        flaws.append("\(error)")
      }
    }
    await attempt {
      try write(run, of: store, to: bundle)
      if let file { await attempt { try copy(bundle, to: file) } }
      if toLog { await attempt { try BundleLog.write(bundle, of: run, Self.log) } }
      // Last, since it can take minutes.
      if let collector { await attempt { try await upload(bundle, to: collector) } }
    }
    guard !flaws.isEmpty else { return }
    throw Failure(
      .evidence,
      "the bundle of run \(run) was not handed out as it was asked for: \(flaws.joined(separator: "; ")). The verdict stands and is recorded in '\(store.path)', as long as that is there; warmth audit export \(run) writes the bundle anew"
    )
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

  private func upload(_ bundle: URL, to collector: CollectorAddress) async throws {
    let variables = ProcessInfo.processInfo.environment
    let upload = Upload(certificates: CacheAccess.certificates(nil, variables))
    try await upload.put(bundle, to: collector)
  }

  private static func log(_ line: String) throws {
    let error = Console.handOver(line)
    guard error == 0 else {
      throw Failure(.evidence, "it cannot be written to standard error: \(String(cString: strerror(error)))")
    }
  }
}
