import Crypto
import Foundation
import NixModel

/// A Job and the files that it needs. The plan that is printed is the very plan that is applied.
public struct JobPlan: Hashable, Sendable {
  /// The Job's files. They are made first, because a pod would have to wait for a ConfigMap that is not there
  /// yet.
  public let files: ConfigMap?
  public let job: Job
  public let role: Role
  /// How many pods must come to their end, one for each shard.
  public let shards: Int

  /// The purpose of a Job.
  public enum Role: String, Hashable, Sendable {
    case prewarm, prove

    /// The container whose exit code is the Job's result.
    public var container: String {
      switch self {
      case .prewarm: "prewarm"
      case .prove: "warmth-prover"
      }
    }
  }

  /// The annotation that distinguishes a Job of this very plan from another Job of the same name.
  static let digestKey = "\(JobEnvelope.capability)/plan"

  init(files: ConfigMap?, job: Job, role: Role, shards: Int = 1) throws {
    self.files = files
    self.role = role
    self.shards = shards
    var job = job
    let text = try [files.map(Manifest.configMap), .job(job)].compactMap(\.self).yaml
    job.metadata.annotations = StringMap([Self.digestKey: SHA256.hash(data: Data(text.utf8)).base16])
    self.job = job
  }

  public var documents: [Manifest] { [files.map(Manifest.configMap), .job(job)].compactMap(\.self) }
  public var name: String { job.metadata.name ?? "" }
  public var namespace: String? { job.metadata.namespace }
  var digest: String { job.metadata.annotations?[Self.digestKey] ?? "" }
}

extension ConfigMap {
  /// The largest content of a ConfigMap in bytes: the limit of Kubernetes (`MaxSecretSize`), less some room
  /// for the object around it.
  static let largest = (1 << 20) - (16 << 10)

  /// A ConfigMap whose name contains a digest of its files. So equal files have the same name, and other
  /// files have another.
  init(_ files: [String: String], in envelope: SealedEnvelope) {
    var hash = SHA256()
    for (name, text) in files.sorted(by: { $0.key < $1.key }) {
      hash.update(data: Data("\(name)\n\(text.utf8.count)\n\(text)".utf8))
    }
    metadata = envelope.metadata
    metadata.name = "\(envelope.name)-\(hash.finalize().base16.prefix(10))"
    data = StringMap(files)
  }

  var name: String { metadata.name ?? "" }
}
