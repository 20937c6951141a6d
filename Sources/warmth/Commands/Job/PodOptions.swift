import ArgumentParser
import Foundation
import Jobs

/// The pods of a Job, and the way out for their evidence.
struct PodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The image with warmth, pinned by a tag or a digest; else $WARMTH_IMAGE.", valueName: "image"))
  var warmthImage: String?

  @Option(help: ArgumentHelp("Split the targets over so many pods.", valueName: "number"))
  var shards: Int?

  @Option(help: ArgumentHelp("How many shards at the same time; all by default.", valueName: "number"))
  var parallelism: Int?

  @Option(
    help: ArgumentHelp(
      "The name that all shards share; the Job's own identity by default.", valueName: "name"))
  var sweep: String?

  @Flag(inversion: .prefixedNo, help: "Leave the evidence in the pod's log.")
  var bundleLog = true

  @Option(help: ArgumentHelp("Put the evidence to this address (HTTP PUT).", valueName: "url"))
  var collector: String?

  @Option(
    help: ArgumentHelp("The Secret with the collector's address, where that is secret.", valueName: "name"))
  var collectorSecret: String?

  @Option(help: ArgumentHelp("The address's key in that Secret.", valueName: "key"))
  var collectorKey = "url"

  func validate() throws {
    if shards == nil, parallelism != nil || sweep != nil {
      throw ValidationError("--parallelism and --sweep are about --shards, which is not given.")
    }
  }

  func image() throws(Failure) -> String {
    let variable = ProcessInfo.processInfo.environment["WARMTH_IMAGE"] ?? ""
    guard let image = warmthImage ?? (variable.isEmpty ? nil : variable) else {
      throw Failure(
        .usage,
        "the pod needs an image with warmth: --warmth-image IMAGE, or $WARMTH_IMAGE; docs/jobs.md says how it is made"
      )
    }
    return image
  }

  var handOut: EvidenceHandOut {
    var handOut = EvidenceHandOut()
    (handOut.log, handOut.collector) = (bundleLog, collector)
    (handOut.collectorSecret, handOut.collectorKey) = (collectorSecret, collectorKey)
    return handOut
  }

  func sharding(_ profile: TargetOptions.Profile?) -> Sharding? {
    shards.map { shards in
      Sharding(
        shards: shards, parallelism: parallelism, sweep: sweep,
        targetsOfProfile: profile?.attributes.count ?? 0)
    }
  }
}
