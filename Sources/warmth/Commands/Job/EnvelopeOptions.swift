import ArgumentParser
import Jobs
import NixModel

/// Where a Job runs, with which resources, and for how long.
struct EnvelopeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The Job's name.", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("The namespace; by default that of kubectl's context.", valueName: "name"))
  var namespace: String?

  @Option(
    name: .customLong("label"),
    help: ArgumentHelp("A label for the Job and its pods. Repeatable.", valueName: "key=value"))
  var labels: [String] = []

  @Option(help: ArgumentHelp("The image with Nix, pinned by a tag or a digest.", valueName: "image"))
  var image = JobEnvelope.defaultImage

  @Option(
    name: .customLong("image-pull-secret"),
    help: ArgumentHelp("The Secret to pull images with. Repeatable.", valueName: "name"))
  var imagePullSecrets: [String] = []

  @Option(
    name: .customLong("node-selector"),
    help: ArgumentHelp(
      "A label that the node must have. Repeatable.",
      discussion: "A prewarm asks for \(JobEnvelope.capability)=true unless one is given.",
      valueName: "key=value"))
  var nodeSelector: [String] = []

  @Option(help: ArgumentHelp("The one node to run on (its label kubernetes.io/hostname).", valueName: "node"))
  var hostname: String?

  @Option(
    name: .customLong("toleration"),
    help: ArgumentHelp(
      "A taint of nodes to put up with, such as kvm=true:NoSchedule. Repeatable.", valueName: "taint"))
  var tolerations: [String] = []

  @Option(help: ArgumentHelp("The service account; its token is not mounted.", valueName: "name"))
  var serviceAccount: String?

  @Option(help: ArgumentHelp("CPU to ask for, such as 4 or 500m.", valueName: "amount"))
  var cpu: String?

  @Option(help: ArgumentHelp("CPU not to exceed.", valueName: "amount"))
  var cpuLimit: String?

  @Option(help: ArgumentHelp("Memory to ask for, such as 8Gi.", valueName: "amount"))
  var memory: String?

  @Option(help: ArgumentHelp("Memory not to exceed.", valueName: "amount"))
  var memoryLimit: String?

  @Option(help: ArgumentHelp("How many failed pods are followed by another.", valueName: "number"))
  var backoffLimit: Int?

  @Option(help: ArgumentHelp("How long the Job may take, such as 6h.", valueName: "duration"))
  var deadline: TimeSpan?

  @Option(
    help: ArgumentHelp("How long the Job is kept once it has ended; 24h by default.", valueName: "duration"))
  var ttl: TimeSpan?

  @Option(
    help: ArgumentHelp(
      "Make such a Job again and again (a CronJob), such as '17 3 * * *'.", valueName: "schedule"))
  var schedule: String?

  @Option(help: ArgumentHelp("The time zone of --schedule; Etc/UTC by default.", valueName: "zone"))
  var timeZone: String?

  @Option(
    help: ArgumentHelp(
      "Leave a Job of --schedule out that could not be made for so long; 1h by default.",
      valueName: "duration"))
  var startDeadline: TimeSpan?

  func validate() throws {
    if schedule == nil, timeZone != nil || startDeadline != nil {
      throw ValidationError("--time-zone and --start-deadline are about --schedule, which is not given.")
    }
  }

  /// The options, with the defaults of the kind of Job where nothing was typed.
  func envelope(named name: String, backoffLimit: Int, deadline: Int, nodeSelector: [String] = [])
    -> JobEnvelope
  {
    var envelope = JobEnvelope(
      name: self.name ?? name, backoffLimit: self.backoffLimit ?? backoffLimit,
      deadline: self.deadline?.seconds ?? deadline, ttl: ttl?.seconds ?? 24 * 3600)
    envelope.namespace = namespace
    envelope.labels = labels
    envelope.image = image
    envelope.imagePullSecrets = imagePullSecrets
    envelope.nodeSelector = self.nodeSelector.isEmpty ? nodeSelector : self.nodeSelector
    envelope.hostname = hostname
    envelope.tolerations = tolerations
    envelope.serviceAccount = serviceAccount
    (envelope.cpu, envelope.cpuLimit) = (cpu, cpuLimit)
    (envelope.memory, envelope.memoryLimit) = (memory, memoryLimit)
    envelope.schedule = schedule.map {
      JobSchedule($0, timeZone: timeZone ?? "Etc/UTC", startDeadline: startDeadline?.seconds ?? 3600)
    }
    return envelope
  }
}
