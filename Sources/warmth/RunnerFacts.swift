import Foundation
import NixModel

/// Facts of this machine and process, from the kernel and the environment.
enum RunnerFacts {
  /// Where this process runs.
  static func here() -> Runner {
    let environment = ProcessInfo.processInfo.environment
    // In a pod the kubelet makes the pod's name the host name; the variables say so without guessing.
    let inPod = environment["KUBERNETES_SERVICE_HOST"] != nil
    let host = ProcessInfo.processInfo.hostName
    let pod = environment["POD_NAME"] ?? (inPod ? environment["HOSTNAME"] ?? host : nil)
    let own = getpid()
    return Runner(
      host: host, pod: pod, processID: own, processStart: startTime(of: own) ?? 0, bootID: bootID)
  }

  /// The source that this run is about, where CI says.
  static func occasion() -> Occasion? { Occasion(in: ProcessInfo.processInfo.environment) }

  /// Whether the process that recorded a run is still alive: on this machine, since this boot.
  @Sendable static func isAlive(_ runner: Runner) -> Bool {
    !bootID.isEmpty && runner.bootID == bootID && startTime(of: runner.processID) == runner.processStart
  }

  /// The highest memory use of this process's control group in bytes, where the kernel says (v2, else v1).
  static func memoryPeak() -> UInt64? {
    for line in text(at: "/proc/self/cgroup")?.split(separator: "\n") ?? [] {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let file =
        switch (parts[0], parts[1].split(separator: ",").contains("memory")) {
        case ("0", _): "/sys/fs/cgroup\(parts[2])/memory.peak"
        case (_, true): "/sys/fs/cgroup/memory\(parts[2])/memory.max_usage_in_bytes"
        case (_, false): ""
        }
      if let peak = text(at: file).flatMap({ UInt64($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) {
        return peak
      }
    }
    return nil
  }

  private static var bootID: String {
    text(at: "/proc/sys/kernel/random/boot_id")?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
  }

  /// The 22nd field of `/proc/PID/stat`; the second, a name in brackets, can hold spaces and brackets.
  private static func startTime(of process: Int32) -> UInt64? {
    guard let rest = text(at: "/proc/\(process)/stat")?.split(separator: ")").last else { return nil }
    let fields = rest.split(separator: " ")
    return fields.count > 19 ? UInt64(fields[19]) : nil
  }

  private static func text(at path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
