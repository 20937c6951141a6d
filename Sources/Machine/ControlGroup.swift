import Foundation
public import NixModel

/// A control group (cgroups(7)), and the kernel's figures about the memory and the processes in it.
public struct ControlGroup: Sendable {
  /// 1 or 2.
  private let version: UInt64
  /// The directory with the figures about memory.
  public let memory: String
  /// The directory with the figures about processes, which is another in version 1.
  private let processes: String?

  /// The group in a directory.
  public init(at directory: String) {
    let isFirst = FileManager.default.fileExists(atPath: "\(directory)/memory.oom_control")
    (version, memory, processes) = (isFirst ? 1 : 2, directory, directory)
  }

  /// The group of this process; `nil` where there is none to read.
  public init?() {
    let root = "/sys/fs/cgroup"
    var (version, memory, processes): (UInt64, String?, String?) = (0, nil, nil)
    for line in SystemFile.text(at: "/proc/self/cgroup")?.split(separator: "\n") ?? [] {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let (path, controllers) = (String(parts[2]), parts[1].split(separator: ","))
      if parts[0] == "0", controllers.isEmpty, memory == nil {
        memory = Self.place(of: path, below: root, with: "memory.events")
        if memory != nil { (version, processes) = (2, memory) }
      }
      if controllers.contains("memory"),
        let place = Self.place(of: path, below: "\(root)/memory", with: "memory.oom_control")
      {
        (version, memory) = (1, place)
      }
      if controllers.contains("pids") {
        processes = Self.place(of: path, below: "\(root)/pids", with: "pids.current") ?? processes
      }
    }
    guard let memory else { return nil }
    (self.version, self.memory, self.processes) = (version, memory, processes)
  }

  /// The highest memory use of this process's group in bytes, where the kernel says.
  public static func memoryPeak() -> UInt64? { ControlGroup()?.memoryPeak }

  /// In a container the path can be that of the host, and the mount the group itself.
  private static func place(of path: String, below root: String, with file: String) -> String? {
    ["\(root)\(path == "/" ? "" : path)", root].first { access("\($0)/\(file)", R_OK) == 0 }
  }

  /// How many processes of the group the kernel has killed for want of memory; `nil` where it does not say.
  public var oomKills: UInt64? {
    SystemFile.text(at: "\(memory)/\(version == 1 ? "memory.oom_control" : "memory.events")")?
      .split(separator: "\n").lazy.compactMap { line in
        let words = line.split(separator: " ")
        return words.count == 2 && words[0] == "oom_kill" ? UInt64(words[1]) : nil
      }.first
  }

  private var memoryPeak: UInt64? {
    number("\(memory)/\(version == 1 ? "memory.max_usage_in_bytes" : "memory.peak")")
  }

  /// The figures as they are now. Those that only rise are compared with an earlier reading.
  public func figures(since before: CgroupFigures? = nil) -> CgroupFigures {
    var figures = CgroupFigures()
    figures.version = version
    figures.memoryPeak = memoryPeak
    figures.memoryPeakBefore = before?.memoryPeak
    figures.memoryLimit = number("\(memory)/\(version == 1 ? "memory.limit_in_bytes" : "memory.max")")
    figures.oomKills = oomKills.flatMap { kills in
      before.map { $0.oomKills.map { kills - min(kills, $0) } } ?? kills
    }
    figures.pidsPeak = processes.flatMap { number("\($0)/pids.peak") }
    figures.pidsLimit = processes.flatMap { number("\($0)/pids.max") }
    return figures
  }

  private func number(_ file: String) -> UInt64? {
    let text = SystemFile.text(at: file)?.trimmingCharacters(in: .whitespacesAndNewlines)
    // Version 1 writes "no limit" as the largest number of whole pages.
    return text.flatMap { UInt64($0) }.flatMap { $0 == 0x7FFF_FFFF_FFFF_F000 ? nil : $0 }
  }
}
