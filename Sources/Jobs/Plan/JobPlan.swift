import Crypto
import Foundation
import NixModel

/// A Job and the files that it needs. The plan that is printed is the very plan that is applied.
public struct JobPlan: Hashable, Sendable {
  /// The Job's files. They are made first, because a pod would have to wait for a ConfigMap that is not there
  /// yet.
  public let files: ConfigMap?
  public let job: Job
  /// The schedule by which such a Job is made, if there is one.
  public let cronJob: CronJob?
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

  init(files: ConfigMap?, job: Job, role: Role, shards: Int = 1, schedule: CronSchedule? = nil) throws {
    self.files = files
    self.role = role
    self.shards = shards
    var (job, cronJob) = (job, schedule.map { CronJob(job, by: $0) })
    let text = try [files.map(Manifest.configMap), cronJob.map(Manifest.cronJob) ?? .job(job)]
      .compactMap(\.self).yaml
    let mark = StringMap([Self.digestKey: SHA256.hash(data: Data(text.utf8)).base16])
    job.metadata.annotations = mark
    cronJob?.metadata.annotations = mark
    (self.job, self.cronJob) = (job, cronJob)
  }

  /// The document that is made last: the Job, or the schedule for Jobs.
  var last: Manifest { cronJob.map(Manifest.cronJob) ?? .job(job) }
  public var documents: [Manifest] { [files.map(Manifest.configMap), last].compactMap(\.self) }
  public var name: String { job.metadata.name ?? "" }
  public var namespace: String? { job.metadata.namespace }
  var digest: String { job.metadata.annotations?[Self.digestKey] ?? "" }
}

extension CronJob {
  /// The schedule for Jobs like this one.
  init(_ job: Job, by schedule: CronSchedule) {
    metadata = job.metadata
    spec = CronJobSpec(
      schedule: schedule.text, timeZone: schedule.timeZone, startingDeadlineSeconds: schedule.startDeadline,
      jobTemplate: CronJobSpec.JobTemplate(
        metadata: ObjectMeta(labels: job.metadata.labels), spec: job.spec))
  }
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
