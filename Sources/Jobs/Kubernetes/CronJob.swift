/// Jobs on a schedule (`batch/v1 CronJob`).
public struct CronJob: Encodable, Hashable, Sendable {
  let apiVersion = "batch/v1"
  let kind = "CronJob"
  var metadata: ObjectMeta
  var spec: CronJobSpec
}

struct CronJobSpec: Encodable, Hashable, Sendable {
  var schedule: String
  var timeZone: String
  /// A Job that is still at work is not overtaken by the next.
  let concurrencyPolicy = "Forbid"
  /// Seconds after which a Job that could not be made in time is left out.
  var startingDeadlineSeconds: Int
  let successfulJobsHistoryLimit = 3
  let failedJobsHistoryLimit = 3
  var jobTemplate: JobTemplate

  struct JobTemplate: Encodable, Hashable, Sendable {
    var metadata: ObjectMeta
    var spec: JobSpec
  }
}
