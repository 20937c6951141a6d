import ArgumentParser
import Foundation
import Jobs
import Machine
import NixModel

/// What to do with a manifest: print it, or carry it out.
struct ClusterOptions: ParsableArguments {
  @Flag(help: "Hand the manifest to the cluster instead of printing it.")
  var apply = false

  @Flag(help: "Wait for the Job's end, and exit with the exit code of what ran in it.")
  var wait = false

  @Flag(help: "Print what the pods print meanwhile.")
  var logs = false

  @Flag(help: "Take an ended Job of the same name away first.")
  var replace = false

  @Option(
    help: ArgumentHelp(
      "How long to wait for a pod that does not start, or a cluster that does not answer; 10m by default.",
      valueName: "duration"))
  var patience: TimeSpan?

  @Option(help: ArgumentHelp("The kubectl to use.", valueName: "path"))
  var kubectl = "kubectl"

  @Option(help: ArgumentHelp("The context of the kubeconfig.", valueName: "name"))
  var context: String?

  func validate() throws {
    if !apply, wait || logs || replace || context != nil {
      throw ValidationError(
        "--wait, --logs, --replace and --context go with --apply; without it nothing is changed.")
    }
    if logs, !wait { throw ValidationError("--logs goes with --wait.") }
  }

  /// Makes a plan. An error in it is wrong usage.
  static func planning(_ make: () throws -> JobPlan) throws(Failure) -> JobPlan {
    do { return try make() } catch let error as JobPlanError {
      throw Failure(.usage, error.complaints.joined(separator: "\nwarmth: "))
    } catch { throw Failure(.fault, "the manifest cannot be written: \(error)") }
  }

  /// Prints the manifest, or carries it out.
  ///
  /// - Parameter interruption: receives signals while a Job is waited for.
  func carryOut(_ plan: JobPlan, _ interruption: Interruption?) async throws {
    guard apply else { return Console.print(try plan.documents.yaml) }
    let cluster = Kubectl(program: kubectl, context: context, namespace: plan.namespace)
    guard plan.cronJob == nil else { return try await schedule(plan, on: cluster) }
    let submission: Submission
    do { submission = try await cluster.submit(plan, replacing: replace) } catch {
      throw Failure(.inconclusive, "\(error)")
    }
    switch submission {
    case .created: Console.say("the Job '\(plan.name)' was made")
    case .joined: Console.say("the very same Job '\(plan.name)' is under way already, and is not made again")
    }
    guard let interruption else { return }
    let follower = JobFollower(
      submission, of: plan, through: cluster, patience: patience?.duration ?? .seconds(600))
    let end: JobEnd
    do {
      end = try await interruption.watch(limit: nil) { [log = log(of: plan)] in
        try await follower.follow(progress: Console.say, log: log)
      }
    } catch is CancellationError {
      throw Failure(
        .inconclusive,
        "nobody waits for the Job '\(plan.name)' any more, and it goes on; the same command follows it again while it runs"
      )
    }
    let code = end.exitCode(of: plan.role)
    Console.say(follower.sentence(of: end))
    throw ExitCode(code)
  }

  private func schedule(_ plan: JobPlan, on cluster: Kubectl) async throws {
    if wait {
      throw Failure(.usage, "--wait is about one Job, and --schedule makes many; leave one of them out")
    }
    let scheduling: Scheduling
    do { scheduling = try await cluster.schedule(plan, replacing: replace) } catch {
      throw Failure(.inconclusive, "\(error)")
    }
    switch scheduling {
    case .made: Console.say("the CronJob '\(plan.name)' was made")
    case .kept: Console.say("the very same CronJob '\(plan.name)' is there already")
    case .changed: Console.say("the CronJob '\(plan.name)' has this plan now")
    }
  }

  /// Where the pods' lines go, if anywhere. Each line names its pod where there are several.
  private func log(of plan: JobPlan) -> (@Sendable (String, Substring) -> Void)? {
    guard logs else { return nil }
    let showsPod = plan.shards > 1
    return { pod, line in Console.print(showsPod ? "[\(pod)] \(line)\n" : "\(line)\n") }
  }
}

extension JobEnd {
  /// The code that `--wait` exits with: the program's own, where it is known. Otherwise a proof is inconclusive, and a
  /// prewarm failed or is unknown.
  fileprivate func exitCode(of role: JobPlan.Role) -> Int32 {
    switch (self, role) {
    case (.exited(let code), _): code
    case (.shards(let tally), _): tally.code
    case (.failed, .prewarm): ExitStatus.cold.rawValue
    case (.failed, .prove), (.unknown, _): ExitStatus.inconclusive.rawValue
    }
  }
}
