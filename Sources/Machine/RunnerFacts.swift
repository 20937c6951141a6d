import Foundation
public import NixModel

/// The facts about this machine and this process that a run records, from the kernel and the environment.
public enum RunnerFacts {
  /// Where this process runs.
  public static func here() -> Runner {
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
  public static func occasion() -> Occasion? { Occasion(in: ProcessInfo.processInfo.environment) }

  /// Whether the process that recorded a run is still alive: on this machine, since this boot.
  @Sendable public static func isAlive(_ runner: Runner) -> Bool {
    !bootID.isEmpty && runner.bootID == bootID && startTime(of: runner.processID) == runner.processStart
  }

  private static var bootID: String {
    SystemFile.text(at: "/proc/sys/kernel/random/boot_id")?.trimmingCharacters(in: .whitespacesAndNewlines)
      ?? ""
  }

  /// The 22nd field of `/proc/PID/stat`; the second, a name in brackets, can hold spaces and brackets.
  private static func startTime(of process: Int32) -> UInt64? {
    guard let rest = SystemFile.text(at: "/proc/\(process)/stat")?.split(separator: ")").last else {
      return nil
    }
    let fields = rest.split(separator: " ")
    return fields.count > 19 ? UInt64(fields[19]) : nil
  }
}

/// A file of `/proc` or `/sys`, which has no size beforehand.
enum SystemFile {
  static func text(at path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
